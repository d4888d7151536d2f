import { GuestMessage } from "../guest/contract.ts";
import type { Passed } from "../invocation/kill-report.ts";
import type { GuestInit } from "./guest-init.ts";
import type { GuestPending } from "./guest-pending.ts";
import type { LogGate } from "./log-gate.ts";
import { Outcome } from "./protocol.ts";
import type { EndReason, VersionDefinition } from "./protocol.ts";
import type { Runs } from "./runs.ts";

/** What a guest's messages act on. */
export interface InboxParts {
  readonly pending: GuestPending;
  readonly logs: LogGate;
  readonly init: GuestInit;
  readonly runs: Runs;
  readonly limits: Pick<VersionDefinition, "timers" | "hostCalls" | "errorBytes">;
  /** Whether init is over. */
  readonly isReady: () => boolean;
  /** The invocation that log lines belong to. */
  readonly current: () => number;
  /** An invocation is done. */
  readonly finished: (number: number) => void;
  /** The `nextText` of one that is to follow at once, if one is. */
  readonly next: () => string | undefined;
  /** It wants to hear of its end. */
  readonly wantsShutdown: () => void;
  /** The guest must not go on: ends its run at once. */
  readonly stop: () => void;
}

/** The log levels there are. */
const LEVELS = 6;

/** The highest number of a call. */
const MAX_CALL = 0x7fff_ffff;

const PROTOCOL: Passed = { limit: "protocol", limitValue: 0, value: 1, unit: "count" };

/**
 * Takes what a guest says. The runtime speaks, but nothing in an isolate is trusted: whatever doesn't fit the rules (a
 * completion that comes twice, early, late or for another number, a second word on the init, a wrong type) is refused
 * and ends the environment.
 */
export class GuestInbox {
  readonly #parts: InboxParts;
  #closed = false;
  #fault: EndReason | undefined;
  #passed: Passed = PROTOCOL;
  #exitCode: number | undefined;
  #uncaught: string | undefined;

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  /** Why the environment has to end, whatever became of the run. */
  get fault(): EndReason | undefined {
    return this.#fault ?? (this.#exitCode === undefined ? undefined : "exit");
  }

  /** The limit that was passed when the fault is one of `timers`, `logs` and `protocol`. */
  get passed(): Passed {
    return this.#passed;
  }

  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** JSON of the GuestError that nobody caught. */
  get uncaught(): string | undefined {
    return this.#uncaught;
  }

  /** Hears no more. */
  close(): void {
    this.#closed = true;
  }

  /** Gives the `nextText` of an invocation for a completion that another follows. */
  readonly receive = (kind: unknown, a: unknown, text: unknown): string | undefined => {
    if (this.#closed) return undefined;
    const fits = typeof kind === "number" && typeof text === "string" && Number.isSafeInteger(a);
    if (!fits || !this.#take(kind, a as number, text)) this.violate();
    else if (kind === GuestMessage.Succeeded || kind === GuestMessage.Failed) return this.#parts.next();
    return undefined;
  };

  /** The rules were broken. */
  readonly violate = (): void => this.#end("protocol", PROTOCOL);

  /** A run has gone on past its time. */
  readonly overran = (reason: EndReason): void => this.#end(reason, PROTOCOL);

  /** False when it breaks the rules. */
  #take(kind: number, a: number, text: string): boolean {
    switch (kind) {
      case GuestMessage.Succeeded:
        return this.#complete(a, Outcome.Succeeded, text);
      case GuestMessage.Failed:
        return this.#isErrorText(text) && this.#complete(a, Outcome.Failed, text);
      case GuestMessage.Log:
        return this.#log(a, text);
      case GuestMessage.SetTimer:
        return this.#setTimer(a, Number(text));
      case GuestMessage.ClearTimer:
        this.#parts.pending.timers.clear(a);
        return true;
      case GuestMessage.Call:
      case GuestMessage.CallMore:
      case GuestMessage.CallEnd:
      case GuestMessage.CallHold:
        return this.#call(kind, a, text);
      case GuestMessage.InitDone:
        return this.#endInit("");
      case GuestMessage.InitFailed:
        return this.#isErrorText(text) && this.#endInit(text);
      case GuestMessage.Listens:
        this.#parts.wantsShutdown();
        return true;
      case GuestMessage.Exit:
        this.#exitCode ??= a;
        return true;
      case GuestMessage.Uncaught:
        if (!this.#isErrorText(text)) return false;
        this.#uncaught ??= text;
        return true;
      default:
        return false;
    }
  }

  #complete(number: number, outcome: 0 | 1, text: string): boolean {
    if (!this.#parts.runs.finish(number, outcome, text)) return false;
    this.#parts.finished(number);
    return true;
  }

  #log(level: number, text: string): boolean {
    if (level < 0 || level >= LEVELS) return false;
    const flood = this.#parts.logs.write(this.#parts.current(), level, text);
    if (flood) this.#end("logs", flood);
    return true;
  }

  #setTimer(id: number, delayMs: number): boolean {
    if (id <= 0 || !(delayMs >= 0)) return false;
    const { pending, limits } = this.#parts;
    if (pending.timers.set(id, delayMs)) return true;
    const value = limits.timers + 1;
    this.#end("timers", { limit: "limits.timers", limitValue: limits.timers, value, unit: "timers" });
    return true;
  }

  #call(kind: number, call: number, text: string): boolean {
    const { calls } = this.#parts.pending;
    if (call <= 0 || call > MAX_CALL) return false;
    // A reply may have been under way that the guest had not heard: what it says of a call that is over is no breach.
    if (kind === GuestMessage.CallEnd) calls.end(call);
    else if (kind === GuestMessage.CallHold) calls.hold(call, text === "1");
    else if (kind === GuestMessage.Call && calls.has(call)) return false;
    else if (!(kind === GuestMessage.Call ? calls.open(call, text) : calls.more(call, text)))
      this.#end("calls", this.#callsPassed());
    return true;
  }

  #callsPassed(): Passed {
    const limitValue = this.#parts.limits.hostCalls;
    return { limit: "limits.hostCalls", limitValue, value: limitValue + 1, unit: "calls" };
  }

  #endInit(error: string): boolean {
    return !this.#parts.isReady() && this.#parts.init.report(error);
  }

  /** The runtime cuts errors; a character takes at most six in JSON. */
  #isErrorText(text: string): boolean {
    return text !== "" && text.length <= 12 * this.#parts.limits.errorBytes + 4_096;
  }

  #end(reason: EndReason, passed: Passed): void {
    if (this.#fault) return;
    this.#fault = reason;
    this.#passed = passed;
    this.#closed = true;
    this.#parts.stop();
  }
}
