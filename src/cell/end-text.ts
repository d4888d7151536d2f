import type { Passed } from "../invocation/kill-report.ts";
import { passedText } from "../invocation/kill-report.ts";
import { failureText, unhandledRejectionText } from "./failures.ts";
import type { EndReason } from "./protocol.ts";

/** What is known of an environment when it ends. */
export interface EndFacts {
  readonly reason: EndReason;
  readonly isInit: boolean;
  readonly memoryMb: number;
  readonly errorBytes: number;
  readonly exitCode: number | undefined;
  /** JSON of a GuestError, when an error went uncaught. */
  readonly uncaught: string | undefined;
  /** What came out of the isolate, if anything. */
  readonly thrown: unknown;
  /** Why it was killed, when it was. */
  readonly passed: Passed;
}

/** JSON of the GuestError that what ran in an ended environment fails with. */
export function endText(facts: EndFacts): string {
  const { reason, memoryMb, exitCode, uncaught, thrown, isInit } = facts;
  switch (reason) {
    case "memory":
      return failureText(
        "Runtime.OutOfMemory",
        `Error: Runtime exited with error: signal: killed (the environment went over memoryMb of ${memoryMb} MB)`,
      );
    case "exit":
      return failureText("Runtime.ExitError", exitMessage(exitCode ?? 0));
    case "unhandled-rejection":
      return unhandledRejectionText(thrown, facts.errorBytes);
    case "uncaught-exception":
      return uncaught ?? "";
    case "timeout":
      return isInit
        ? failureText("Sandbox.Timedout", "Error: Task timed out during init")
        : failureText("Sandbox.CellLost", "Error: Another invocation in the environment timed out");
    case "cpu":
    case "timers":
    case "logs":
    case "calls":
      return failureText("Sandbox.LimitExceeded", `Error: ${passedText(facts.passed)}`);
    default:
      return failureText("Runtime.ExitError", "Error: Runtime broke the rules between guest and host");
  }
}

/** What Lambda says of a runtime process that ended. */
function exitMessage(code: number): string {
  return code === 0
    ? "Error: Runtime exited without providing a reason"
    : `Error: Runtime exited with error: exit status ${code}`;
}

/** Whether isolated-vm stopped a run for its timeout. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === "Script execution timed out.";
}
