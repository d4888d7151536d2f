import type { KillReport } from "./kill-report.ts";

/** A function's own failure, in the shape Lambda gives it. */
export interface FunctionErrorShape {
  /** Such as `Error`, `TypeError`, `Runtime.ExitError`, `Sandbox.Timedout`; `string` and the like for a thrown non-Error. */
  readonly errorType: string;
  readonly errorMessage: string;
  /** Stack lines, pointing at the user's own files and lines. Empty or absent where Lambda has none. */
  readonly trace?: readonly string[];
}

/** What every finished invocation tells, whatever its outcome. */
interface InvocationFacts {
  readonly requestId: string;
  readonly functionName: string;
  /** The version that ran: `"1"`, `"2"`, … */
  readonly functionVersion: string;
  /** True when the invocation included an init. */
  readonly coldStart: boolean;
  /** From the handler's start to its end, in milliseconds. */
  readonly durationMs: number;
  /** The last 4 KB of the invocation's log, when asked for with `logTail`. */
  readonly logTail?: string;
}

/** The handler returned. */
export interface SucceededResult<Out> extends InvocationFacts {
  readonly status: "succeeded";
  readonly payload: Out;
}

/** The handler returned, and the event had been given as `payloadText`. */
export interface SucceededTextResult extends InvocationFacts {
  readonly status: "succeeded";
  /** What the handler returned, as the JSON text that its environment wrote. The host has measured it, but not read it. */
  readonly payloadText: string;
}

/** The function failed by itself: an error, a timeout, a limit. */
export interface FailedResult extends InvocationFacts {
  readonly status: "failed";
  readonly error: FunctionErrorShape;
  /** Why the engine ended the function by force; absent when it failed by itself. */
  readonly kill?: KillReport;
}

/** The handler returned, and its response went to the reader of the invocation's stream. */
export interface SucceededStreamResult extends InvocationFacts {
  readonly status: "succeeded";
  /** Bytes of the response. */
  readonly responseBytes: number;
}

/** What becomes of an invocation whose response is streamed. */
export type StreamResult = SucceededStreamResult | FailedResult;

/** The event was taken to be run later (`type: "event"`); Lambda's 202. */
export interface AcceptedResult {
  readonly status: "accepted";
  readonly requestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
}

/** Everything was checked and nothing run (`type: "dry-run"`); Lambda's 204. */
export interface CheckedResult {
  readonly status: "checked";
  readonly requestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
}

/** What `engine.invoke` gives with `type: "request"`, the default. */
export type RequestResult<Out = unknown> = SucceededResult<Out> | FailedResult;

/** What `engine.invoke` gives with `payloadText`. */
export type TextRequestResult = SucceededTextResult | FailedResult;

/** Whatever `engine.invoke` can give without `payloadText`. */
export type InvocationResult<Out = unknown> = RequestResult<Out> | AcceptedResult | CheckedResult;
