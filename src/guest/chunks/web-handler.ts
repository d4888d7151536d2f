/** Runs `export default { fetch }` for the events of HTTP APIs, function URLs and REST APIs. */
import type { WebSink } from "./web-handler/response.ts";

export { openWebResponse } from "./web-handler/response.ts";

interface Headers {
  get(name: string): string | null;
  getSetCookie(): string[];
  forEach(visit: (value: string, name: string) => void): void;
}

interface Body {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
    cancel(reason: unknown): Promise<void>;
  };
}

interface Response {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

interface Controller {
  readonly signal: { readonly reason: unknown };
  abort(reason: unknown): void;
}

/** The globals that this rests on, as they are when the handler runs. */
interface Globals {
  readonly Request: new (url: string, init: object) => object;
  readonly AbortController: new () => Controller;
  readonly DOMException: new (message: string, name: string) => Error;
  readonly Buffer: {
    from(data: string | ArrayBuffer, encoding?: string): { toString(encoding: string): string };
  };
  readonly console: { error(reason: unknown): void };
  readonly process: { readonly env: object };
}

interface HttpEvent {
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  readonly path?: string;
  readonly httpMethod?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly queryStringParameters?: Readonly<Record<string, string>> | null;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[]>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext?: {
    readonly http?: { readonly method?: string };
    readonly domainName?: string;
    readonly elb?: object;
  };
}

type Fetch = (request: object, env: object, context: object) => unknown;

const TEXTUAL = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|x-www-form-urlencoded)\b)/i;

/** A handler over an object's `fetch`: one that gives its response whole, and one that streams it. */
export interface WebHandlers {
  call(event: unknown, context: object): Promise<unknown>;
  stream(event: unknown, sink: WebSink, context: object): Promise<void>;
}

/** The invocation is over when what was passed to `waitUntil` has settled, too. */
export function webHandler(target: { readonly fetch: Fetch }, globals: Globals): WebHandlers {
  const run = (event: HttpEvent, method: string, lambdaContext: object, signal?: object): Run => {
    const pending: unknown[] = [];
    const context = {
      lambdaContext,
      waitUntil: (promise: unknown) => void pending.push(promise),
      passThroughOnException: () => undefined,
    };
    const request = requestOf(event, method, signal, globals);
    const answer = async (): Promise<Response> =>
      checked(await target.fetch(request, globals.process.env, context));
    return { response: answer(), settled: () => settleAll(pending, globals) };
  };
  return {
    async call(given, lambdaContext) {
      const event = given as HttpEvent;
      const { response, settled } = run(event, methodOf(event), lambdaContext);
      const result = await resultOf(await response, event.httpMethod !== undefined, globals);
      await settled();
      return result;
    },
    async stream(given, sink, lambdaContext) {
      const event = given as HttpEvent;
      const method = methodOf(event);
      const controller = new globals.AbortController();
      sink.onGone(() => controller.abort(clientGone(globals)));
      const { response: coming, settled } = run(event, method, lambdaContext, controller.signal);
      const response = await coming;
      sink.begin({ statusCode: response.status, ...headOf(response) });
      await pump(response.body, sink, controller, method === "HEAD");
      sink.end();
      await settled();
    },
  };
}

interface Run {
  readonly response: Promise<Response>;
  /** Waits for what was passed to `waitUntil`. */
  readonly settled: () => Promise<void>;
}

function methodOf({ requestContext, httpMethod }: HttpEvent): string {
  const method = requestContext?.http?.method ?? httpMethod;
  if (method !== undefined) return method;
  throw new TypeError(
    "A default export with fetch takes the events of HTTP APIs, function URLs and REST APIs only. " +
      "Export a handler for other events.",
  );
}

function checked(given: unknown): Response {
  const response = given as Response | null | undefined;
  if (typeof response?.status === "number" && typeof response.headers.forEach === "function") return response;
  throw new TypeError("The fetch of the default export gave no Response.");
}

function clientGone({ DOMException }: Globals): Error {
  return new DOMException("The client has gone: nobody reads the response any more.", "AbortError");
}

/** Writes a body as it comes, as fast as it is taken off. */
async function pump(
  body: Body | null,
  sink: WebSink,
  { signal }: Controller,
  isHead: boolean,
): Promise<void> {
  if (!body) return;
  const reader = body.getReader();
  const cancel = (reason: unknown): void => void reader.cancel(reason).catch(() => undefined);
  if (isHead) {
    cancel(undefined);
    return;
  }
  sink.onGone(() => cancel(signal.reason));
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (!(value instanceof Uint8Array)) {
      const error = new TypeError("A chunk of the response's body is no Uint8Array.");
      cancel(error);
      throw error;
    }
    await sink.write(value);
  }
}

async function settleAll(pending: readonly unknown[], { console }: Globals): Promise<void> {
  for (const settled of await Promise.allSettled(pending)) {
    if (settled.status === "rejected") console.error(settled.reason);
  }
}

function requestOf(
  event: HttpEvent,
  method: string,
  signal: object | undefined,
  { Request, Buffer }: Globals,
): object {
  const headers: [string, string][] = [];
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {}))
    for (const value of values) headers.push([name, value]);
  if (!event.multiValueHeaders) headers.push(...Object.entries(event.headers ?? {}));
  if (event.cookies && event.cookies.length > 0) headers.push(["cookie", event.cookies.join("; ")]);
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1];
  const path = event.rawPath ?? event.path ?? "/";
  const query = queryOf(event);
  const url = `https://${host ?? event.requestContext?.domainName ?? "localhost"}${path}${query && `?${query}`}`;
  const { body } = event;
  if (method === "GET" || method === "HEAD" || typeof body !== "string") {
    return new Request(url, { method, headers, signal });
  }
  return new Request(url, {
    method,
    headers,
    signal,
    body: event.isBase64Encoded ? Buffer.from(body, "base64") : body,
  });
}

function queryOf(event: HttpEvent): string {
  const { rawQueryString, queryStringParameters: single, multiValueQueryStringParameters: multiple } = event;
  if (rawQueryString !== undefined) return rawQueryString;
  // A load balancer's are as the client wrote them.
  const encode = event.requestContext?.elb ? (text: string) => text : encodeURIComponent;
  const given: Readonly<Record<string, string | readonly string[]>> = multiple ?? single ?? {};
  return Object.entries(given)
    .flatMap(([name, values]) => {
      const all = typeof values === "string" ? [values] : values;
      return all.map((value) => `${encode(name)}=${encode(value)}`);
    })
    .join("&");
}

function headOf({ headers: given }: Response): { headers: object; cookies?: readonly string[] } {
  const headers: Record<string, string> = {};
  given.forEach((value, name) => {
    if (name !== "set-cookie") headers[name] = value;
  });
  const cookies = given.getSetCookie();
  return cookies.length === 0 ? { headers } : { headers, cookies };
}

async function resultOf(response: Response, isRest: boolean, { Buffer }: Globals): Promise<object> {
  const { headers, cookies } = headOf(response);
  const isText =
    TEXTUAL.test(response.headers.get("content-type") ?? "text/") &&
    !response.headers.get("content-encoding");
  const body = Buffer.from(await response.arrayBuffer()).toString(isText ? "utf8" : "base64");
  const shared = { statusCode: response.status, headers, body, isBase64Encoded: !isText };
  if (!cookies) return shared;
  return isRest ? { ...shared, multiValueHeaders: { "set-cookie": cookies } } : { ...shared, cookies };
}
