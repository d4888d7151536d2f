import { cellLost, readGuestError, timedOut, tooLarge } from "../invocation/failures.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";

/** The limits that decide what an answer of a cell means. */
export interface AnswerLimits {
  /** The limit that this invocation ran under. */
  readonly timeoutMs: number;
  /** Largest response in UTF-8 bytes. */
  readonly responseBytes: number;
}

/** What a cell's answer says of an invocation. The guest kept to the response limit; this is where it is enforced. */
export function completionOf(
  invocation: Invocation,
  limits: AnswerLimits,
  outcome: 0 | 1 | 2,
  text: string,
  durationMs: number,
  cpuMs: number,
): Completion {
  const { requestId } = invocation.request;
  if (outcome === 2) return timeoutOf(invocation, limits.timeoutMs, durationMs, cpuMs);
  const error = outcome === 1 ? readGuestError(text, requestId) : tooLarge(text, limits.responseBytes);
  if (error) return { outcome: "failed", text: "", error, durationMs, cpuMs };
  return { outcome: "succeeded", text, durationMs, cpuMs };
}

/** It ran into its deadline. */
export function timeoutOf(
  invocation: Invocation,
  timeoutMs: number,
  durationMs: number,
  cpuMs: number,
): Completion {
  const error = timedOut(invocation.request.requestId, timeoutMs);
  return { outcome: "timeout", text: "", error, durationMs, cpuMs };
}

/** Its environment was lost while it ran. */
export function lossOf(invocation: Invocation, why: string, durationMs: number): Completion {
  const error = cellLost(invocation.request.requestId, why);
  return { outcome: "lost", text: "", error, durationMs, cpuMs: 0 };
}
