import type { InvocationStream } from "./invocation-stream.ts";
import type { StreamedKinds } from "./response-taker.ts";
import type { AcceptedResult, CheckedResult, InvocationResult, RequestResult } from "./result.ts";

/** How to invoke: wait for the result, hand the event over, or only check. Lambda's `InvocationType`. */
export type InvocationType = "request" | "event" | "dry-run";

/** What every invocation may be told. */
interface CommonInvokeOptions {
  /** Default `"request"`. */
  readonly type?: InvocationType;
  /** Tenant the invocation is for; reaches the handler as `context.tenantId` and the meter record as `tenant`. */
  readonly tenant?: string;
  /** Reaches the handler as `context.clientContext`; must be JSON-able. */
  readonly clientContext?: unknown;
  /** Reaches the handler as `context.identity`; must be JSON-able. */
  readonly identity?: unknown;
  /** Takes a waiting invocation out of the queue, and aborts a running one (its environment is not used again). */
  readonly signal?: AbortSignal;
  /** Higher goes first among waiting invocations of the same function; an integer from -100 to 100, default 0. */
  readonly priority?: number;
  /** Time from now, in milliseconds, by which the invocation must have ended, waiting included. The function's own `timeoutMs` still holds. */
  readonly deadlineMs?: number;
  /** Whether the result carries the last 4 KB of the invocation's log. Default false. */
  readonly logTail?: boolean;
}

/** Options of one invocation. */
export interface InvokeOptions extends CommonInvokeOptions {
  readonly payloadText?: undefined;
}

/** Options of an invocation whose event is JSON text already, and whose result stays JSON text. */
export interface TextInvokeOptions extends CommonInvokeOptions {
  /**
   * The event as JSON text, in place of the argument `payload`, which must be undefined. At most `payloadLimitBytes` as
   * UTF-8. The host passes it on as it is: text that isn't JSON is found out where the function would run, which it then
   * doesn't, and rejects with `InvalidPayloadError`; the invocation is metered as failed (`Runtime.UnmarshalError`). With
   * `type: "event"` nobody waits for that, and only the meter record tells. With `"dry-run"` the host checks the text.
   */
  readonly payloadText: string;
}

/** Options of an invocation whose response is streamed. */
export type StreamInvokeOptions = Omit<InvokeOptions, "type" | "payloadText">;

/** Options of an invocation of either kind. */
export type AnyInvokeOptions = InvokeOptions | TextInvokeOptions;

/** The port by which everything that causes invocations (the façade, event sources, asynchronous delivery) reaches the engine. */
export interface Invoker {
  /**
   * Runs `name` (a function, `fn:alias`, `fn:version` or a Lambda ARN) with `payload`.
   * A function's own failure is a result; the promise rejects only for the caller's or the platform's faults.
   */
  invoke(
    name: string,
    payload: unknown,
    options: InvokeOptions & { readonly type: "event" },
  ): Promise<AcceptedResult>;
  invoke(
    name: string,
    payload: unknown,
    options: InvokeOptions & { readonly type: "dry-run" },
  ): Promise<CheckedResult>;
  invoke<Out = unknown>(
    name: string,
    payload: unknown,
    options?: InvokeOptions & { readonly type?: "request" },
  ): Promise<RequestResult<Out>>;
  invoke<Out = unknown>(
    name: string,
    payload: unknown,
    options?: InvokeOptions,
  ): Promise<InvocationResult<Out>>;
}

/** A response that may come as it is written. */
export interface PendingResponse {
  /** The stream of a handler that streams, when it has begun; else the result, and also when it failed before that. */
  readonly response: Promise<InvocationStream | RequestResult>;
  /**
   * Nobody wants it any more. True when the handler has been told of that (it is a default export's `fetch`, and its
   * request's `signal` aborts) and ends by itself; false when nobody is told, and who doesn't want it to run on aborts it.
   */
  leave(): boolean;
}

/** The port by which event sources reach the engine. */
export interface SourceInvoker extends Invoker {
  /** As {@link Invoker.invoke}; responses of the kinds that `streams` says come as they are written, in an HTTP response's parts. */
  respond(
    name: string,
    payload: unknown,
    options: StreamInvokeOptions & { readonly streams: StreamedKinds },
  ): PendingResponse;
}
