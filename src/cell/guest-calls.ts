import { CallAllowance } from "../bridge/call-allowance.ts";
import { CallReply } from "../guest/contract.ts";
import type { CallReplyKind } from "../guest/contract.ts";
import { callErrorOf } from "./services/service.ts";
import type { OpenCall } from "./services/service.ts";
import type { Services } from "./services/table.ts";

/** What the calls of an environment act on. */
export interface CallParts {
  /** How many may be open at once. */
  readonly limit: number;
  readonly services: Services;
  /** Has the host serve a call; it replies by {@link GuestCalls.reply}. */
  readonly toHost: (call: number, text: string) => OpenCall;
  /** Runs the guest with a reply. */
  readonly deliver: (call: number, kind: CallReplyKind, text: string) => void;
}

type Waiting = readonly [call: number, kind: CallReplyKind, text: string];

interface OpenedCall {
  readonly call: OpenCall;
  /** Whether a service of the cell's has it. */
  readonly isLocal: boolean;
}

/** A call whose service is just now beginning it. */
const NOTHING_YET: OpenCall = { end: () => undefined };

/**
 * The calls a guest has open: to services of the cell and to the host. Replies stand still while no invocation runs, as
 * timers do, and reach the guest when the next one has begun.
 */
export class GuestCalls {
  readonly #parts: CallParts;
  readonly #open = new Map<number, OpenedCall>();
  /** Those of them that hold no invocation open. */
  readonly #unheld = new Set<number>();
  readonly #allowance: CallAllowance;
  #waiting: Waiting[] = [];
  #sleeping: (() => void)[] = [];
  #frozen = false;

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#allowance = new CallAllowance(parts.limit);
  }

  /** Calls without a last word that the guest waits for. */
  get size(): number {
    return this.#open.size - this.#unheld.size;
  }

  /** Whether the guest waits for an open call. */
  hold(call: number, held: boolean): void {
    if (held) this.#unheld.delete(call);
    else if (this.#open.has(call)) this.#unheld.add(call);
  }

  /** An invocation begins. */
  begin(): void {
    this.#allowance.renew();
  }

  /** Opens a call; false when there are too many, or have been in this invocation. */
  open(call: number, text: string): boolean {
    if (this.#open.size >= this.#parts.limit || !this.#allowance.open()) return false;
    const cut = text.indexOf("\n");
    const operation = text.slice(0, Math.max(0, cut));
    if (!this.#parts.services.has(operation)) {
      this.#open.set(call, { call: this.#parts.toHost(call, text), isLocal: false });
      return true;
    }
    const { services } = this.#parts;
    this.#open.set(call, { call: NOTHING_YET, isLocal: true });
    try {
      const opened = services.open(operation, text.slice(cut + 1), (kind, reply) => {
        this.reply(call, kind, reply);
      });
      this.#open.set(call, { call: opened, isLocal: true });
    } catch (error) {
      // Later, as every reply: the guest is just now opening it.
      setImmediate(() => this.reply(call, CallReply.Failed, JSON.stringify(callErrorOf(error))));
    }
    return true;
  }

  /** Whether there is such a call. */
  has(call: number): boolean {
    return this.#open.has(call);
  }

  /** Goes on with a call, if it is open; false when there was too much of that in this invocation. */
  more(call: number, text: string): boolean {
    if (!this.#allowance.send()) return false;
    this.#open.get(call)?.call.more?.(text);
    return true;
  }

  end(call: number): void {
    const opened = this.#open.get(call);
    if (!opened) return;
    this.#forget(call);
    opened.call.end();
  }

  /** A reply has come. */
  reply(call: number, kind: CallReplyKind, text: string): void {
    if (!this.#open.has(call)) return;
    if (this.#frozen) this.#waiting.push([call, kind, text]);
    else this.#hand([call, kind, text]);
  }

  /** Does something later, as replies come: while an invocation runs. */
  whenAwake(act: () => void): void {
    setImmediate(() => {
      if (this.#frozen) this.#sleeping.push(act);
      else act();
    });
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    for (const act of this.#sleeping.splice(0)) this.whenAwake(act);
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    setImmediate(() => {
      for (const reply of waiting) this.reply(...reply);
    });
  }

  /** The environment ends, and with it all calls: the host ends those it serves by itself, and is told nothing more. */
  clearAll(): void {
    const opened = [...this.#open.values()];
    this.#open.clear();
    this.#unheld.clear();
    this.#waiting = [];
    this.#sleeping = [];
    for (const { call, isLocal } of opened) if (isLocal) call.end();
  }

  #forget(call: number): void {
    this.#open.delete(call);
    this.#unheld.delete(call);
  }

  #hand([call, kind, text]: Waiting): void {
    if (!this.#open.has(call)) return;
    if (kind === CallReply.Part) this.#allowance.received();
    else this.#forget(call);
    this.#parts.deliver(call, kind, text);
  }
}
