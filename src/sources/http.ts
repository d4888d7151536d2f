import { randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { InvocationStream } from "../invocation/invocation-stream.ts";
import type { PendingResponse } from "../invocation/invoker.ts";
import type { FailedResult, RequestResult } from "../invocation/result.ts";
import { codeOf, integerOption } from "./checks.ts";
import { announcesBody, BodyReader, type BodyOutcome } from "./http-body.ts";
import { buildEvent, parseTarget, type HttpApiEvent, type RequestTarget } from "./http-event.ts";
import {
  gatewayAnswer,
  MalformedResponse,
  readResponse,
  sendAnswer,
  type HttpAnswer,
} from "./http-response.ts";
import { RouteTable, type HttpRoute, type RouteMatch } from "./http-routes.ts";
import { sendStream } from "./http-stream.ts";
import { SourceLifecycle, type Flight } from "./lifecycle.ts";
import { DEFAULT_ACCOUNT_ID } from "./names.ts";
import type { EventSource, SourceContext } from "./source.ts";

export type { HttpApiEvent, HttpApiRequestContext } from "./http-event.ts";
export type { HttpRoute, InvokeMode } from "./http-routes.ts";

/** Options of {@link httpSource}. */
export interface HttpSourceOptions {
  /**
   * Function by route key, as in an API Gateway HTTP API: `"GET /items/{id}"`, `"ANY /admin/{proxy+}"`, `"$default"`.
   * Methods are `ANY`, `GET`, `HEAD`, `OPTIONS`, `PATCH`, `POST`, `PUT` and `DELETE`. The most specific route wins.
   * `{ function, invokeMode }` in place of a name says how responses reach the client.
   */
  readonly routes: Readonly<Record<string, string | HttpRoute>>;
  /**
   * How long a function may take before the client gets a 504 and the invocation is aborted; 1 to 900 000, default 30 000, the
   * gateway's maximum. A response that is streamed must have begun by then; it may last as long as the function.
   */
  readonly timeoutMs?: number;
  /** Largest request body; a larger one gets a 413. 0 to 1 073 741 824, default 10 485 760 (10 MB), the gateway's own. */
  readonly maxBodyBytes?: number;
  /** Goes into `requestContext.accountId`; default `"123456789012"`. */
  readonly accountId?: string;
  /** Goes into `requestContext.apiId`; default `"isolet"`. */
  readonly apiId?: string;
}

/** An event source fed by HTTP requests. */
export interface HttpSource extends EventSource {
  readonly kind: "http";
  /** For `node:http`'s `createServer`, or `app.use` of Express (before any body parser). Needs no `this`. */
  readonly listener: RequestListener;
}

/**
 * Makes a source that answers HTTP requests with functions, as an API Gateway HTTP API with Lambda proxy integrations of
 * payload format 2.0 does. It opens no port: give its `listener` to a server, which stays yours to close.
 *
 * Answers of the source itself have the gateway's form, `{"message":"…"}`: 400 for a path that isn't valid percent-encoded
 * UTF-8, 404 for no route, 413 for a body or event that is too large, 429 when the invocation is throttled, 502 when the function failed or its
 * response is malformed (the reason goes to the logger), 503 while the source isn't attached or is stopped, 504 when the function
 * or `timeoutMs` timed out. A client that goes away aborts its invocation; a default export's `fetch` hears of it by its
 * request's `signal` first, and has a second to end by itself. A streamed response that fails in its midst breaks the
 * connection off. `stop()` waits for invocations and their
 * answers; a body still arriving gets a 503.
 *
 * Unlike the gateway, `rawPath` keeps what follows a decoded `?`, and there is one stage, `$default`.
 *
 * @throws SourceError (`INVALID_SOURCE`) for a malformed route or an option outside its range.
 * @example
 * const api = httpSource({ routes: { "GET /items/{id}": "items", $default: "site" } });
 * await engine.attach(api);
 * createServer(api.listener).listen(3000);
 */
export function httpSource(options: HttpSourceOptions): HttpSource {
  return new HttpEventSource(options);
}

class HttpEventSource implements HttpSource {
  readonly kind = "http";
  readonly #routes: RouteTable;
  readonly #timeoutMs: number;
  readonly #accountId: string;
  readonly #apiId: string;
  readonly #bodies: BodyReader;
  readonly #life: SourceLifecycle;

  constructor(options: HttpSourceOptions) {
    this.#routes = new RouteTable(options.routes);
    this.#timeoutMs = integerOption("http source", "timeoutMs", options.timeoutMs, 30_000, {
      min: 1,
      max: 900_000,
    });
    const range = { min: 0, max: 1_073_741_824 };
    this.#bodies = new BodyReader(
      integerOption("http source", "maxBodyBytes", options.maxBodyBytes, 10_485_760, range),
    );
    this.#accountId = options.accountId ?? DEFAULT_ACCOUNT_ID;
    this.#apiId = options.apiId ?? "isolet";
    this.#life = new SourceLifecycle(this.kind, () => this.#bodies.stop());
  }

  readonly listener: RequestListener = (request, response) => {
    // 11 bytes in base64 look like the gateway's own ids.
    const requestId = randomBytes(11).toString("base64");
    this.#handle(request, response, requestId).catch((error: unknown) => {
      this.#life.report(`a fault while answering ${request.method ?? ""} ${request.url ?? ""}`, error);
      response.destroy();
    });
  };

  async start(context: SourceContext): Promise<void> {
    this.#life.begin(context);
  }

  stop(): Promise<void> {
    return this.#life.stop();
  }

  async #handle(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    if (!this.#life.isRunning()) return sendAnswer(response, UNAVAILABLE, requestId);
    const target = parseTarget(request.url ?? "/");
    if (!target) return sendAnswer(response, gatewayAnswer(400, "Bad Request"), requestId);
    const route = this.#routes.match(request.method ?? "GET", target.segments);
    if (!route) return sendAnswer(response, gatewayAnswer(404, "Not Found"), requestId);
    const outcome = announcesBody(request) ? await this.#bodies.read(request) : NO_BODY;
    if (outcome.kind === "gone") return;
    if (outcome.kind !== "read") return sendAnswer(response, this.#refusal(outcome), requestId);
    if (!this.#life.isRunning()) return sendAnswer(response, UNAVAILABLE, requestId);
    const event = this.#event(request, { target, route, body: outcome.body, requestId });
    await this.#serve(route, event, response);
  }

  #event(
    request: IncomingMessage,
    parts: { target: RequestTarget; route: RouteMatch; body: Buffer | undefined; requestId: string },
  ): HttpApiEvent {
    const nowMs = this.#life.context.clock.now();
    return buildEvent(request, { ...parts, nowMs, accountId: this.#accountId, apiId: this.#apiId });
  }

  #refusal(outcome: Exclude<BodyOutcome, { kind: "read" | "gone" }>): HttpAnswer {
    switch (outcome.kind) {
      case "too-large":
        return TOO_LONG;
      case "stopped":
        return UNAVAILABLE;
      case "consumed":
        this.#life.report(
          "the request's body was read before the listener got it; mount the listener before body parsers",
        );
        return gatewayAnswer(500, "Internal Server Error");
    }
  }

  /** Invokes and answers; the source's stop waits for both. */
  async #serve(route: RouteMatch, event: HttpApiEvent, response: ServerResponse): Promise<void> {
    const flight = this.#life.open();
    const { requestId } = event.requestContext;
    const pending = this.#respond(route.target, event, flight);
    const onClose = (): void => {
      if (!response.writableFinished) this.#leave(pending, flight);
    };
    response.once("close", onClose);
    try {
      const answer = await this.#invoke(route, pending, flight);
      if ("completed" in answer) await this.#stream(route, answer, response, requestId);
      else await sendAnswer(response, answer, requestId);
    } finally {
      response.off("close", onClose);
      flight.end();
    }
  }

  #respond(
    { function: name, invokeMode }: HttpRoute,
    event: HttpApiEvent,
    { signal }: Flight,
  ): PendingResponse {
    const { invoker } = this.#life.context;
    if (invokeMode === "BUFFERED")
      return { response: invoker.invoke(name, event, { signal }), leave: () => false };
    return invoker.respond(name, event, { signal, streams: invokeMode === undefined ? "web" : "all" });
  }

  /** The client is gone: a function that can hear of it has some time to end by itself. */
  #leave(pending: PendingResponse, flight: Flight): void {
    if (!pending.leave()) return flight.abort(CLIENT_GONE);
    const timer = this.#life.context.clock.setTimer(() => flight.abort(CLIENT_GONE), LEAVE_MS);
    const over = async (): Promise<void> => {
      const response = await pending.response;
      if ("completed" in response) await response.completed;
    };
    over()
      .catch(() => undefined)
      .finally(() => timer.cancel());
  }

  async #invoke(
    route: RouteMatch,
    { response }: PendingResponse,
    flight: Flight,
  ): Promise<HttpAnswer | InvocationStream> {
    const timer = this.#life.context.clock.setTimer(() => flight.abort(TIMED_OUT), this.#timeoutMs);
    try {
      // An aborted invocation may take its time to end; the client isn't made to wait for it.
      const result = await Promise.race([response, aborted(flight.signal)]);
      return "completed" in result ? result : this.#answer(route, result);
    } catch (error) {
      return this.#fault(route, flight.signal.aborted ? flight.signal.reason : error);
    } finally {
      timer.cancel();
    }
  }

  /** Hands on a response as it comes. The flight is over with its invocation. */
  async #stream(
    route: RouteMatch,
    stream: InvocationStream,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> {
    try {
      await sendStream(response, stream, requestId);
    } catch (error) {
      stream.body.cancel().catch(() => undefined);
      await sendAnswer(response, this.#fault(route, error), requestId);
    }
    const result = await stream.completed.catch(() => undefined);
    if (result?.status === "failed") this.#failed(route, result);
  }

  #answer(route: RouteMatch, result: RequestResult): HttpAnswer {
    if (result.status === "succeeded") return readResponse(result.payload);
    if (result.error.errorType === "Sandbox.Timedout") return GATEWAY_TIMEOUT;
    this.#failed(route, result);
    return BAD_GATEWAY;
  }

  #failed({ routeKey }: RouteMatch, { error }: FailedResult): void {
    this.#life.note(`${routeKey}: the function failed with ${error.errorType}`);
  }

  #fault(route: RouteMatch, error: unknown): HttpAnswer {
    if (error === TIMED_OUT) return GATEWAY_TIMEOUT;
    if (error === CLIENT_GONE) return UNAVAILABLE;
    switch (codeOf(error)) {
      case "THROTTLED":
        return gatewayAnswer(429, "Too Many Requests");
      case "PAYLOAD_TOO_LARGE":
        return TOO_LONG;
      case "ENGINE_CLOSED":
      case "ABORTED":
        return UNAVAILABLE;
      default:
        if (this.#life.context.signal.aborted) return UNAVAILABLE;
        this.#report(
          route,
          error instanceof MalformedResponse
            ? `its response is malformed: ${error.message}`
            : "it could not be invoked",
          error,
        );
        return BAD_GATEWAY;
    }
  }

  #report(route: RouteMatch, what: string, cause?: unknown): void {
    this.#life.report(`${route.routeKey} (function ${route.target.function}): ${what}`, cause);
  }
}

/** How long a function that has been told that its client is gone may take to end. */
const LEAVE_MS = 1_000;

const NO_BODY: BodyOutcome = { kind: "read", body: undefined };
const TIMED_OUT = new Error("The HTTP request's integration timed out.");
const CLIENT_GONE = new Error("The HTTP client closed the connection.");
const TOO_LONG = gatewayAnswer(413, "Request Too Long");
const BAD_GATEWAY = gatewayAnswer(502, "Internal Server Error");
const UNAVAILABLE = gatewayAnswer(503, "Service Unavailable");
const GATEWAY_TIMEOUT = gatewayAnswer(504, "Endpoint request timed out");

/** Rejects when `signal` aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}
