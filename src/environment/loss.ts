import { cellLost } from "../invocation/failures.ts";
import { cellKill, hostKillReport } from "../invocation/kill-report.ts";
import type { KillReport } from "../invocation/kill-report.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import type { FunctionErrorShape } from "../invocation/result.ts";
import type { CellLoss } from "../sandbox/listener.ts";

/** What the host knows of a guest that it ended, or lost. */
export type KillFacts = Pick<KillReport, "durationMs" | "heapBytes" | "logLines">;

/** How an invocation ends that had started in an environment that is no more; `loss` when that went with its cell. */
export function lossOf(
  invocation: Invocation,
  why: string,
  loss: CellLoss | undefined,
  known: KillFacts,
): Completion {
  const error = errorOf(invocation.request.requestId, why, loss);
  const outcome = loss?.isCulprit ? "failed" : "lost";
  return { outcome, text: "", error, durationMs: known.durationMs, cpuMs: 0, kill: lossKill(loss, known) };
}

/** The report of who went down with a cell, or was ended with it. */
export function lossKill(loss: CellLoss | undefined, known: KillFacts): KillReport {
  const passed = loss?.isCulprit ? loss.passed : undefined;
  return hostKillReport({ ...(passed ?? cellKill(known.durationMs)), ...known });
}

/** Who took the cell down fails as if it had taken its own runtime down in Lambda; the others have only lost it. */
function errorOf(requestId: string, why: string, loss: CellLoss | undefined): FunctionErrorShape {
  const errorType = loss?.isCulprit ? CULPRIT_ERRORS[loss.cause] : undefined;
  if (errorType === undefined) return cellLost(requestId, why);
  return { errorType, errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${why}` };
}

const CULPRIT_ERRORS = {
  memory: "Runtime.OutOfMemory",
  exit: "Runtime.ExitError",
  protocol: "Runtime.ExitError",
  stuck: undefined,
} as const;
