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

/**
 * The calls a guest has open: to services of the cell and to the host. Replies stand still while no invocation runs, as
 * timers do, and reach the guest when the next one has begun.
 */
export class GuestCalls {
  readonly #parts: CallParts;
  readonly #open = new Map<number, OpenCall>();
  #waiting: Waiting[] = [];
  #frozen = false;

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  /** Calls without a last word. */
  get size(): number {
    return this.#open.size;
  }

  /** Opens a call; false when there are too many. */
  open(call: number, text: string): boolean {
    if (this.#open.size >= this.#parts.limit) return false;
    const cut = text.indexOf("\n");
    const operation = text.slice(0, Math.max(0, cut));
    if (!this.#parts.services.has(operation)) {
      this.#open.set(call, this.#parts.toHost(call, text));
      return true;
    }
    const { services } = this.#parts;
    const early: OpenCall = { end: () => undefined };
    this.#open.set(call, early);
    try {
      const opened = services.open(operation, text.slice(cut + 1), (kind, reply) => {
        this.reply(call, kind, reply);
      });
      this.#open.set(call, opened);
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

  more(call: number, text: string): void {
    this.#open.get(call)?.more?.(text);
  }

  end(call: number): void {
    const opened = this.#open.get(call);
    if (!opened) return;
    this.#open.delete(call);
    opened.end();
  }

  /** A reply has come. */
  reply(call: number, kind: CallReplyKind, text: string): void {
    if (!this.#open.has(call)) return;
    if (this.#frozen) this.#waiting.push([call, kind, text]);
    else this.#hand([call, kind, text]);
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    setImmediate(() => {
      for (const reply of waiting) this.reply(...reply);
    });
  }

  clearAll(): void {
    const opened = [...this.#open.values()];
    this.#open.clear();
    this.#waiting = [];
    for (const call of opened) call.end();
  }

  #hand([call, kind, text]: Waiting): void {
    if (!this.#open.has(call)) return;
    if (kind !== CallReply.Part) this.#open.delete(call);
    this.#parts.deliver(call, kind, text);
  }
}
