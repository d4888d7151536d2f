/**
 * `isolet/runtime`: what a function has beside Node's modules and the web platform. It is there in functions only, where
 * the runtime has it built in; this file says what it is, and fails anywhere else.
 */

/** Options of {@link invoke}. */
export interface FunctionInvokeOptions {
  /** `"request"` (default) waits for the result; `"event"` only for its being accepted. */
  readonly type?: "request" | "event";
  /** Ends the invocation, if it is one that is waited for. */
  readonly signal?: AbortSignal;
}

/** What an event is accepted as. */
export interface AcceptedEvent {
  readonly requestId: string;
}

/**
 * Invokes another function of the engine: `fn`, `fn:alias` or `fn:version`, which `permissions.invoke` must grant. The
 * tenant of the invocation it is called in is passed on; when that ends by force, so does this. It is possible only while
 * an invocation runs, and so many in a row as the engine's `maxInvokeDepth` says.
 *
 * Rejects with {@link FunctionError} when the function fails, else with an error that has a `code`: `ERR_ACCESS_DENIED`,
 * `ERR_INVOKE_DEPTH`, or that of the engine's error, such as `FUNCTION_NOT_FOUND` and `THROTTLED`.
 */
export function invoke(
  name: string,
  payload: unknown,
  options: FunctionInvokeOptions & { readonly type: "event" },
): Promise<AcceptedEvent>;
export function invoke<Out = unknown>(
  name: string,
  payload?: unknown,
  options?: FunctionInvokeOptions & { readonly type?: "request" },
): Promise<Out>;
export function invoke(): Promise<never> {
  return Promise.reject(elsewhere());
}

/** A function that was invoked failed. */
export class FunctionError extends Error {
  /** Such as `TypeError` or `Sandbox.Timedout`. */
  declare readonly errorType: string;
  declare readonly functionName: string;
  declare readonly requestId: string;
  /** Lines of the failed function's own stack. */
  declare readonly trace: readonly string[];
}

/** What a method gives: a promise of its value, which for a stream is an async iterable, as the promise is itself. */
export type BindingResult = Promise<unknown> & AsyncIterable<unknown>;

/** An object of the host's: its methods take and give what JSON can hold, and streams; they give bytes as well. */
export type HostBinding = Readonly<Record<string, (...args: readonly unknown[]) => BindingResult>>;

/**
 * What the host offers, by name; `permissions.bindings` must grant it. Every name gives an object, so that a call of what
 * is not granted rejects with the grant to add; `in` and `Object.keys` know what is granted by name.
 */
export const bindings: Readonly<Record<string, HostBinding>> = new Proxy(
  {},
  {
    get: () => {
      throw elsewhere();
    },
  },
);

function elsewhere(): Error {
  return new Error("isolet/runtime works in functions that isolet runs only: deploy this code to an Engine.");
}
