import type { Caller, CallServer, ReplyKind, SendReply, ServeCalls } from "./calls.ts";

/** A call that is being served. */
export interface Served {
  /** More for it. */
  more?(text: string): void;
  /** The guest wants no more of it, or is no more. */
  end(): void;
}

/** Replies to one call. */
export type Answer = (kind: ReplyKind, text: string) => void;

/** What a guest can call the host for. Throws `CallFailure` for what the guest is to see; replies later. */
export type Operation = (argument: string, answer: Answer) => Served;

/** A refusal or failure in words for the guest; whatever else an operation throws is hidden from it. */
export class CallFailure extends Error {
  readonly code: string | undefined;

  constructor(name: string, message: string, code?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
    this.code = code;
  }
}

/** JSON of the `CallError` that a guest gets for what was thrown. */
export function failureReply(thrown: unknown): string {
  if (!(thrown instanceof CallFailure)) {
    return JSON.stringify({ name: "Error", message: "The host's service failed.", code: "ERR_INTERNAL" });
  }
  const { name, message, code } = thrown;
  return JSON.stringify({ name, message, ...(code !== undefined && { code }) });
}

/** The operations of one environment, by name. */
export interface Operations {
  readonly byName: ReadonlyMap<string, Operation>;
  /** The environment is no more, and all its calls have been ended. */
  close(): void;
}

/**
 * Serves each environment by what `make` gives, which is made for it when it makes its first call; at most `limit` calls
 * at once. A cell keeps that limit too, but a cell in a process of its own need not be believed.
 */
export function serveOperations(make: (caller: Caller) => Operations, limit: number): ServeCalls {
  return (reply, caller) => new OperationServer(() => make(caller), limit, reply);
}

class OperationServer implements CallServer {
  readonly #make: () => Operations;
  readonly #limit: number;
  readonly #reply: SendReply;
  readonly #open = new Map<number, Served>();
  #operations: Operations | undefined;
  #closed = false;

  constructor(make: () => Operations, limit: number, reply: SendReply) {
    this.#make = make;
    this.#limit = limit;
    this.#reply = reply;
  }

  open(call: number, text: string): void {
    if (this.#closed || this.#open.has(call) || this.#open.size >= this.#limit) return;
    const cut = text.indexOf("\n");
    const name = text.slice(0, Math.max(0, cut));
    this.#open.set(call, NOTHING);
    try {
      this.#operations ??= this.#make();
      const operation = this.#operations.byName.get(name);
      if (!operation) throw new CallFailure("Error", `The host has no operation "${name.slice(0, 64)}".`);
      this.#open.set(
        call,
        operation(text.slice(cut + 1), (kind, answer) => this.#answer(call, kind, answer)),
      );
    } catch (error) {
      queueMicrotask(() => this.#answer(call, 2, failureReply(error)));
    }
  }

  more(call: number, text: string): void {
    this.#open.get(call)?.more?.(text);
  }

  end(call: number): void {
    const served = this.#open.get(call);
    this.#open.delete(call);
    served?.end();
  }

  close(): void {
    this.#closed = true;
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const served of all) served.end();
    this.#operations?.close();
    this.#operations = undefined;
  }

  #answer(call: number, kind: ReplyKind, text: string): void {
    if (!this.#open.has(call)) return;
    if (kind !== 0) this.#open.delete(call);
    this.#reply(call, kind, text);
  }
}

const NOTHING: Served = { end: () => undefined };
