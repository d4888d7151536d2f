/** Runs `export default { fetch }` for the events of HTTP APIs, function URLs and REST APIs. */

interface Headers {
  get(name: string): string | null;
  getSetCookie(): string[];
  forEach(visit: (value: string, name: string) => void): void;
}

interface Response {
  readonly status: number;
  readonly headers: Headers;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The globals that this rests on, as they are when the handler runs. */
interface Globals {
  readonly Request: new (url: string, init: object) => object;
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
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[]>>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext?: { readonly http?: { readonly method?: string }; readonly domainName?: string };
}

type Fetch = (request: object, env: object, context: object) => unknown;

const TEXTUAL = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|x-www-form-urlencoded)\b)/i;

/** A handler over an object's `fetch`. The invocation is over when what was passed to `waitUntil` has settled, too. */
export function webHandler(
  target: { readonly fetch: Fetch },
  globals: Globals,
): (event: unknown, context: object) => Promise<unknown> {
  return async (given, lambdaContext) => {
    const event = given as HttpEvent;
    const method = event.requestContext?.http?.method ?? event.httpMethod;
    if (method === undefined) {
      throw new TypeError(
        "A default export with fetch takes the events of HTTP APIs, function URLs and REST APIs only. " +
          "Export a handler for other events.",
      );
    }
    const pending: unknown[] = [];
    const context = {
      lambdaContext,
      waitUntil: (promise: unknown) => void pending.push(promise),
      passThroughOnException: () => undefined,
    };
    const request = requestOf(event, method, globals);
    const response = (await target.fetch(request, globals.process.env, context)) as Response;
    const result = await resultOf(response, event.httpMethod !== undefined, globals);
    for (const settled of await Promise.allSettled(pending)) {
      if (settled.status === "rejected") globals.console.error(settled.reason);
    }
    return result;
  };
}

function requestOf(event: HttpEvent, method: string, { Request, Buffer }: Globals): object {
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
    return new Request(url, { method, headers });
  }
  return new Request(url, {
    method,
    headers,
    body: event.isBase64Encoded ? Buffer.from(body, "base64") : body,
  });
}

function queryOf({ rawQueryString, multiValueQueryStringParameters }: HttpEvent): string {
  if (rawQueryString !== undefined) return rawQueryString;
  return Object.entries(multiValueQueryStringParameters ?? {})
    .flatMap(([name, values]) =>
      values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
    )
    .join("&");
}

async function resultOf(response: Response, isRest: boolean, { Buffer }: Globals): Promise<object> {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    if (name !== "set-cookie") headers[name] = value;
  });
  const cookies = response.headers.getSetCookie();
  const isText =
    TEXTUAL.test(response.headers.get("content-type") ?? "text/") &&
    !response.headers.get("content-encoding");
  const body = Buffer.from(await response.arrayBuffer()).toString(isText ? "utf8" : "base64");
  const shared = { statusCode: response.status, headers, body, isBase64Encoded: !isText };
  if (cookies.length === 0) return shared;
  return isRest ? { ...shared, multiValueHeaders: { "set-cookie": cookies } } : { ...shared, cookies };
}
