import { readGuestError, timedOut, tooLarge } from "../invocation/failures.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import { overdueKill, readKillReport } from "../invocation/kill-report.ts";
import type { KillReport } from "../invocation/kill-report.ts";
import type { CellAnswer } from "../sandbox/listener.ts";

import type { Flight } from "./flights.ts";

/** The limits that decide what an answer of a cell means. */
export interface AnswerLimits {
  /** The limit that this invocation ran under. */
  readonly timeoutMs: number;
  /** Largest response in UTF-8 bytes. */
  readonly responseBytes: number;
}

/** What a cell's answer says of an invocation. The guest kept to the response limit; this is where it is enforced. */
export function completionOf(
  { invocation, response }: Pick<Flight, "invocation" | "response">,
  limits: AnswerLimits,
  { outcome, text, durationMs, cpuMs, kill: killText }: CellAnswer,
): Completion {
  const { requestId } = invocation.request;
  const kill = readKillReport(killText);
  if (outcome === 2) return timeoutOf(invocation, limits.timeoutMs, durationMs, cpuMs, kill);
  const excess = response ? response.excess : tooLarge(text, limits.responseBytes);
  const error = outcome === 1 ? readGuestError(text, requestId) : excess;
  if (error) return { outcome: "failed", text: "", error, durationMs, cpuMs, ...(kill && { kill }) };
  return { outcome: "succeeded", text: response ? response.text : text, durationMs, cpuMs };
}

/** It ran into its deadline. */
export function timeoutOf(
  invocation: Invocation,
  timeoutMs: number,
  durationMs: number,
  cpuMs: number,
  kill: KillReport = overdueKill("timeoutMs", timeoutMs, durationMs),
): Completion {
  const error = timedOut(invocation.request.requestId, timeoutMs);
  return { outcome: "timeout", text: "", error, durationMs, cpuMs, kill };
}
