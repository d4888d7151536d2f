import { CallAllowance } from "../bridge/call-allowance.ts";
import type { VersionDefinition } from "../cell/protocol.ts";
import type { CellProgress } from "./link.ts";

/** What a version's invocations may log and call, as its cell holds them to it. */
export type Allowance = Pick<VersionDefinition, "logLines" | "logBytes" | "hostCalls" | "inspect">;

/** Bytes of the notice that a log has reached its limit, which comes once beside it. */
const NOTICE_BYTES = 1_024;

const NOTHING: Allowance = { logLines: 0, logBytes: 0, hostCalls: 0, inspect: "off" };

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
  readonly #allowance: Allowance;
  readonly #calls = new Set<number>();
  readonly #callAllowance: CallAllowance;
  #listens = false;
  #isEnding = false;
  #lines = 0;
  #bytes = 0;

  constructor(allowance: Allowance = NOTHING) {
    this.#allowance = allowance;
    this.#callAllowance = new CallAllowance(allowance.hostCalls);
    this.#allowLog();
  }

  sent(number: number, nowMs: number, limitMs: number): void {
    this.owed.set(number, { limitMs, overdueMs: nowMs + limitMs, idleLooks: 0 });
    this.#allowLog();
    this.#callAllowance.add();
  }

  /** It opens a call; false when it has more open than the limit lets through, or has this one. */
  opened(call: number): boolean {
    if (this.#calls.has(call) || this.#calls.size >= this.#allowance.hostCalls) return false;
    if (!this.#callAllowance.open()) return false;
    this.#calls.add(call);
    return true;
  }

  /** It sends more for a call, open or not any more; false when that is more than the limit lets through. */
  sentMore(): boolean {
    return this.#callAllowance.send();
  }

  /** It is sent a part for a call. */
  sentPart(): void {
    this.#callAllowance.received();
  }

  /** A call has ended, from either side. */
  closed(call: number): void {
    this.#calls.delete(call);
  }

  /** False when it has logged more than the limits let through. */
  log(text: string): boolean {
    this.#lines--;
    this.#bytes -= text.length + 1;
    return this.#lines >= 0 && this.#bytes >= 0;
  }

  /** Whether debuggers can attach to it. */
  get isInspected(): boolean {
    return this.#allowance.inspect !== "off";
  }

  /** It wants to be told of its end; false when it has said so before. */
  listens(): boolean {
    if (this.#listens) return false;
    this.#listens = true;
    return true;
  }

  /** It is to end, and may do something first. */
  ending(): void {
    this.#isEnding = true;
    this.#allowLog();
    this.#callAllowance.add();
  }

  /** Whether there is anything that it can be running for. */
  isAtWork(progress: CellProgress): boolean {
    return this.isStarting || this.#isEnding || this.hasStarted(progress);
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
