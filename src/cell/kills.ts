import type { KillReport, Passed } from "../invocation/kill-report.ts";
import { readThrown } from "./failures.ts";
import type { EndReason } from "./protocol.ts";

/** What is known of an environment when it is ended over a limit. */
export interface KillFacts extends Omit<KillReport, "durationMs" | "stack"> {
  /** What came out of the isolate, if anything. */
  readonly thrown: unknown;
  readonly errorBytes: number;
}

/** Ends of environments that are the engine's force. */
const KILLS: ReadonlySet<EndReason> = new Set<EndReason>([
  "timeout",
  "cpu",
  "memory",
  "timers",
  "logs",
  "calls",
  "protocol",
]);

/** Whether an environment that ends so was killed. */
export function isKill(reason: EndReason): boolean {
  return KILLS.has(reason);
}

/** JSON of the kill report, by the time that the killed took. */
export function killWriter(facts: KillFacts): (durationMs: number, passed?: Passed) => string {
  const { thrown, errorBytes, ...rest } = facts;
  const stack = guestStack(thrown, errorBytes);
  return (durationMs, passed) => {
    const report: KillReport = { ...rest, ...passed, durationMs, ...(stack.length > 0 && { stack }) };
    return JSON.stringify(report);
  };
}

/** The guest's own frames when V8 interrupted it. */
function guestStack(thrown: unknown, errorBytes: number): readonly string[] {
  return readThrown(thrown, errorBytes).trace.filter(
    (line) => line.startsWith("    at ") && !line.includes("isolet:"),
  );
}
