import type { VersionDefinition } from "../cell/protocol.ts";
import type { CellProgress } from "./link.ts";

/** What a version's invocations may log, as its cell holds them to it. */
export type LogAllowance = Pick<VersionDefinition, "logLines" | "logBytes">;

/** Bytes of the notice that a log has reached its limit, which comes once beside it. */
const NOTICE_BYTES = 1_024;

const NO_LOG: LogAllowance = { logLines: 0, logBytes: 0 };

/** An invocation that was not answered. */
export interface OwedAnswer {
  readonly limitMs: number;
  /** When its limit has passed since it was sent. */
  readonly overdueMs: number;
  /** Looks in a row at which it was left lying. */
  idleLooks: number;
}

/** An environment: what its cell owes, and how much more it may log. */
export class LedgerEntry {
  readonly owed: Map<number, OwedAnswer> = new Map<number, OwedAnswer>();
  isStarting: boolean = true;
  readonly #allowance: LogAllowance;
  #lines = 0;
  #bytes = 0;

  constructor(allowance: LogAllowance = NO_LOG) {
    this.#allowance = allowance;
    this.#allowLog();
  }

  sent(number: number, nowMs: number, limitMs: number): void {
    this.owed.set(number, { limitMs, overdueMs: nowMs + limitMs, idleLooks: 0 });
    this.#allowLog();
  }

  /** False when it has logged more than the limits let through. */
  log(text: string): boolean {
    this.#lines--;
    this.#bytes -= text.length + 1;
    return this.#lines >= 0 && this.#bytes >= 0;
  }

  /** Whether there is anything that it can be running for. */
  isAtWork(progress: CellProgress): boolean {
    return this.isStarting || this.hasStarted(progress);
  }

  hasStarted(progress: CellProgress): boolean {
    for (const number of this.owed.keys()) if (progress.invocation(number) !== "waiting") return true;
    return false;
  }

  #allowLog(): void {
    this.#lines += this.#allowance.logLines + 1;
    this.#bytes += this.#allowance.logBytes + NOTICE_BYTES;
  }
}
