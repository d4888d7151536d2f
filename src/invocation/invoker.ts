import type { AcceptedResult, CheckedResult, InvocationResult, RequestResult } from "./result.ts";

/** How to invoke: wait for the result, hand the event over, or only check. Lambda's `InvocationType`. */
export type InvocationType = "request" | "event" | "dry-run";

/** Options of one invocation. */
export interface InvokeOptions {
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
