import type { CallServer } from "../bridge/calls.ts";
import type { EndReason } from "../cell/protocol.ts";
import type { Passed } from "../invocation/kill-report.ts";

/** Why a cell is no more: a guest could not be stopped, too much memory, broken protocol, or it ended by itself. */
export type LossCause = "stuck" | "memory" | "protocol" | "exit";

/** What an environment is told of the loss of its cell. */
export interface CellLoss {
  readonly cause: LossCause;
  readonly reason: string;
  /** Whether this environment ran when it happened. */
  readonly isCulprit: boolean;
  /** The limit over which the host killed it, if it did for one. */
  readonly passed: Passed | undefined;
}

/** How an invocation ended, as its cell says. */
export interface CellAnswer {
  readonly outcome: 0 | 1 | 2;
  /** The result as JSON, or JSON of a GuestError; empty when timed out. */
  readonly text: string;
  readonly durationMs: number;
  readonly cpuMs: number;
  /** Memory in use, or 0 when it was not measured. */
  readonly heapBytes: number;
  /** Whether it waited for anything. */
  readonly waited: boolean;
  /** JSON of a KillReport, or empty. */
  readonly kill: string;
}

/** What a cell tells the owner of an environment. */
export interface EnvironmentListener {
  /** Serves what its guest calls the host for. */
  readonly calls: CallServer;
  /** Hears what it says to its debugger, where it can have one. */
  readonly debug?: { heard(client: number, text: string): void } | undefined;
  initialized(initMs: number, cpuMs: number, heapBytes: number): void;
  /** `kill` is JSON of a KillReport, or empty. */
  initFailed(reason: EndReason, errorText: string, initMs: number, cpuMs: number, kill: string): void;
  done(number: number, answer: CellAnswer): void;
  log(number: number, level: number, text: string, timeMs: number): void;
  /** An invocation that was recalled from the mailbox: it has not started and will not. */
  returned(number: number): void;
  /** It wants to do something at its end. */
  listens(): void;
  /** `kill` is JSON of a KillReport, or empty. */
  ended(reason: EndReason, kill: string): void;
  /**
   * One run has held its cell's thread for so long: one of its own version (`isOwn`), or another's. What has not started
   * should be run elsewhere. Said again and again while that goes on, and only when there is a cell to go to.
   */
  heldUp(isOwn: boolean, forMs: number): void;
  /** The run that held its cell's thread is over. */
  freed(): void;
  /** Its cell is to be replaced: it should end when it has nothing to do. */
  retire(): void;
  /** The cell is gone, and with it the environment. `revoke` tells which invocations had started. */
  lost(loss: CellLoss): void;
  /** It had been ended, but could not be stopped and took its cell with it. */
  tookCell(): void;
}
