import type { Deadline, Deadlines } from "../base/deadlines.ts";
import type { Invocation } from "../invocation/invocation.ts";
import type { CellLoss } from "../sandbox/listener.ts";
import { overdueKill } from "../invocation/kill-report.ts";
import type { KillReport } from "../invocation/kill-report.ts";
import type { EndReason } from "../sandbox/sandbox.ts";
import { lossKill } from "./loss.ts";

/** Why an environment ended. */
export type EnvironmentEnd =
  | EndReason
  | "idle"
  | "budget"
  | "retired"
  | "recycled"
  | "moved"
  | "closed"
  | "cell-lost"
  | "aborted"
  | "refused";

/** How an init failed. */
export interface InitFailure {
  readonly reason: EnvironmentEnd;
  /** JSON of a GuestError. */
  readonly errorText: string;
  readonly initMs: number;
  readonly cpuMs: number;
  /** Why it was ended by force, when it was. */
  readonly kill?: KillReport;
}

/** How long a cell may take to say that it has ended an init over its limit, when it is that init which runs, */
const OWN_GRACE_MS = 100;

/** and else, since it may have had others to run first. */
const GRACE_MS = 500;

/** How soon an overdue init is looked at again. */
const RECHECK_MS = 50;

/** The init of an environment: its deadline, and what it took, which the first invocation includes. */
export class Init {
  readonly #deadlines: Deadlines;
  readonly #onOverrun: () => void;
  #deadline: Deadline | undefined;
  #initMs = 0;
  #cpuMs = 0;
  #isClaimed = false;
  #restMs: number;

  /** Calls `onOverrun` when it has not ended by its limit and the cell has not said so, again after every {@link wait}. */
  constructor(deadlines: Deadlines, timeoutMs: number, onOverrun: () => void) {
    this.#deadlines = deadlines;
    this.#onOverrun = onOverrun;
    this.#deadline = deadlines.set(timeoutMs + OWN_GRACE_MS, onOverrun);
    this.#restMs = GRACE_MS - OWN_GRACE_MS;
  }

  succeeded(initMs: number, cpuMs: number): void {
    this.ended();
    this.#initMs = initMs;
    this.#cpuMs = cpuMs;
  }

  /** Its limit is over, and it could not go on. */
  wait(): void {
    this.#deadline = this.#deadlines.set(RECHECK_MS, this.#onOverrun);
  }

  /** Its limit is over, and its cell may not have come to it; false when it has been given enough time. */
  waitABit(): boolean {
    if (this.#restMs <= 0) return false;
    this.#restMs -= RECHECK_MS;
    this.wait();
    return true;
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
  const kill = overdueKill("initTimeoutMs", timeoutMs, timeoutMs);
  return { reason: "timeout", errorText, initMs: timeoutMs, cpuMs: 0, kill };
}

/** The failure of an init that the host ended, or that went down with its cell. */
export function initLoss(reason: EnvironmentEnd, loss: CellLoss | undefined): InitFailure {
  const errorType = loss?.isCulprit && loss.cause === "memory" ? "Runtime.OutOfMemory" : initErrorType(loss);
  const errorMessage = `Error: ${loss?.reason ?? "the environment was ended"}`;
  const isCulprit = loss?.isCulprit ?? false;
  return {
    reason: isCulprit ? "exit" : reason,
    errorText: JSON.stringify({ errorType, errorMessage }),
    initMs: 0,
    cpuMs: 0,
    kill: lossKill(loss, { durationMs: 0, heapBytes: 0, logLines: [] }),
  };
}

function initErrorType(loss: CellLoss | undefined): string {
  return loss?.isCulprit && loss.cause !== "stuck" ? "Runtime.ExitError" : "Sandbox.CellLost";
}
