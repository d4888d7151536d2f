import { isTimeout } from "./end-text.ts";
import type { EndReason } from "./protocol.ts";

/**
 * How much more wall-clock time than it has CPU time left a run may take: on a busy machine a thread gets less than a
 * CPU, and a run that was interrupted can't go on.
 */
const CPU_SLACK = 1.5;
const CPU_SLACK_MS = 25;

/** What `timeout` may take to end a run by itself, which tells more of it. */
const STOP_MS = 10;

const LONGEST_MS = 900_000;

/** Within this long of a run's beginning other invocations may follow in it; the last of them may overrun by as much. */
export const FOLLOWING_MS = 2;

/** The time one run of a guest may take: what is left of its deadline or of its CPU time, whichever is less. */
export class RunBudget {
  #startedMs = 0;
  #limitMs = 0;
  #isCpu = false;

  /** Length of the `timeout` for a run that begins now; `extraMs` is for what may follow in it. */
  begin(deadlineMs: number, cpuLeftMs: number, extraMs = 0): number {
    const nowMs = performance.now();
    const wallMs = deadlineMs - nowMs;
    const cpuMs = wallOf(cpuLeftMs);
    this.#startedMs = nowMs;
    this.#isCpu = cpuMs < wallMs;
    this.#limitMs = Math.max(1, Math.min(Math.ceil(this.#isCpu ? cpuMs : wallMs), LONGEST_MS)) + extraMs;
    return this.#limitMs;
  }

  /** A run that a debugger may hold has all the time there is. */
  beginUnlimited(): number {
    this.#startedMs = performance.now();
    this.#limitMs = Infinity;
    return LONGEST_MS;
  }

  /** Whether an invocation of these limits may begin in this run, which then ends it in time. */
  allows(timeoutMs: number, cpuMs: number): boolean {
    const cpuWallMs = wallOf(cpuMs);
    if (cpuWallMs < timeoutMs !== this.#isCpu) return false;
    const spareMs = this.#limitMs - this.elapsedMs - Math.min(timeoutMs, cpuWallMs, LONGEST_MS);
    return spareMs >= 0 && spareMs <= FOLLOWING_MS + 1;
  }

  /** When it began, on `performance.now()`'s scale. */
  get startedMs(): number {
    return this.#startedMs;
  }

  /** Wall-clock time since the run began. */
  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** The limit that the run has passed without having been stopped. */
  get overrun(): EndReason | undefined {
    if (this.elapsedMs < this.#limitMs + STOP_MS) return undefined;
    return this.#isCpu ? "cpu" : "timeout";
  }

  /** Which limit ended the run, if one did, going by what came out of it. */
  endedBy(error: unknown, deadlineMs: number): EndReason | undefined {
    if (!isTimeout(error)) return undefined;
    if (performance.now() >= deadlineMs - 1) return "timeout";
    return this.#isCpu && this.elapsedMs >= this.#limitMs - 1 ? "cpu" : undefined;
  }
}

/** The wall-clock time in which so much CPU time can be used. */
function wallOf(cpuMs: number): number {
  return cpuMs * CPU_SLACK + CPU_SLACK_MS;
}
