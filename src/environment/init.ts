import type { Deadline, Deadlines } from "../base/deadlines.ts";
import type { Invocation } from "../invocation/invocation.ts";
import type { EndReason } from "../sandbox/sandbox.ts";

/** Why an environment ended. */
export type EnvironmentEnd = EndReason | "idle" | "budget" | "retired" | "closed" | "cell-lost" | "aborted";

/** How an init failed. */
export interface InitFailure {
  readonly reason: EnvironmentEnd;
  /** JSON of a GuestError. */
  readonly errorText: string;
  readonly initMs: number;
  readonly cpuMs: number;
}

/** Slack over the init limit, since the cell may have had others to run first. */
const INIT_GRACE_MS = 500;

/** The init of an environment: its deadline, and what it took, which the first invocation includes. */
export class Init {
  readonly #deadlines: Deadlines;
  #deadline: Deadline | undefined;
  #initMs = 0;
  #cpuMs = 0;
  #isClaimed = false;

  /** Calls `onOverrun` when it has not ended by its limit and the cell has not said so. */
  constructor(deadlines: Deadlines, timeoutMs: number, onOverrun: () => void) {
    this.#deadlines = deadlines;
    this.#deadline = deadlines.set(timeoutMs + INIT_GRACE_MS, onOverrun);
  }

  succeeded(initMs: number, cpuMs: number): void {
    this.ended();
    this.#initMs = initMs;
    this.#cpuMs = cpuMs;
  }

  /** It is over, however it went. */
  ended(): void {
    if (this.#deadline) this.#deadlines.cancel(this.#deadline);
    this.#deadline = undefined;
  }

  /** It was over before anybody needed it, so that no invocation includes it. */
  wasAhead(): void {
    this.#isClaimed = true;
  }

  /** The first invocation after it is the one that had to wait for it. */
  claim(invocation: Invocation): void {
    if (this.#isClaimed) return;
    this.#isClaimed = true;
    invocation.coldStart = true;
    invocation.initMs += this.#initMs;
    invocation.initCpuMs += this.#cpuMs;
  }
}

/** The failure of an init that ran past its limit. */
export function initOverrun(timeoutMs: number): InitFailure {
  const errorText = JSON.stringify({
    errorType: "Sandbox.Timedout",
    errorMessage: `Error: Init timed out after ${timeoutMs} ms`,
  });
  return { reason: "timeout", errorText, initMs: timeoutMs, cpuMs: 0 };
}

/** The failure of an init that the host ended, or that was lost with its cell. */
export function initLoss(reason: EnvironmentEnd, why: string): InitFailure {
  const errorText = JSON.stringify({ errorType: "Sandbox.CellLost", errorMessage: `Error: ${why}` });
  return { reason, errorText, initMs: 0, cpuMs: 0 };
}
