import type { CallServer, ReplyKind, SendReply, ServeCalls } from "./calls.ts";

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

/** Serves each environment by `operations`, which are made for it when it makes its first call. */
export function serveOperations(make: () => ReadonlyMap<string, Operation>): ServeCalls {
  return (reply) => new OperationServer(make, reply);
}

class OperationServer implements CallServer {
  readonly #make: () => ReadonlyMap<string, Operation>;
  readonly #reply: SendReply;
  readonly #open = new Map<number, Served>();
  #operations: ReadonlyMap<string, Operation> | undefined;
  #closed = false;

  constructor(make: () => ReadonlyMap<string, Operation>, reply: SendReply) {
    this.#make = make;
    this.#reply = reply;
  }

  open(call: number, text: string): void {
    if (this.#closed || this.#open.has(call)) return;
    const cut = text.indexOf("\n");
    const name = text.slice(0, Math.max(0, cut));
    this.#open.set(call, NOTHING);
    try {
      this.#operations ??= this.#make();
      const operation = this.#operations.get(name);
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
  }

  #answer(call: number, kind: ReplyKind, text: string): void {
    if (!this.#open.has(call)) return;
    if (kind !== 0) this.#open.delete(call);
    this.#reply(call, kind, text);
  }
}

const NOTHING: Served = { end: () => undefined };
