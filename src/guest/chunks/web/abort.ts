import { Event, EventTarget } from "event-target-shim";
import { withCode } from "../../runtime/globals/errors.ts";
import { DOMException } from "./dom-exception.ts";

type SetTimeout = (callback: () => void, delayMs: number) => object;
type Handler = (event: Event) => unknown;

/** Only this module may make signals. */
const permit = {};
let abortSignal: (signal: AbortSignal, reason: unknown) => void;
let setTimer: SetTimeout;

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown = undefined;
  #handler: Handler | null = null;
  readonly #listener = (event: Event): unknown => this.#handler?.call(this, event);

  static {
    abortSignal = (signal, reason) => signal.#abort(reason);
  }

  constructor(given: unknown) {
    if (given !== permit) throw withCode(new TypeError("Illegal constructor"), "ERR_ILLEGAL_CONSTRUCTOR");
    super();
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(permit);
    signal.#abort(reason);
    return signal;
  }

  static timeout(delayMs: number): AbortSignal {
    const signal = new AbortSignal(permit);
    const expire = (): void =>
      signal.#abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    (setTimer(expire, delayMs) as { unref(): unknown }).unref();
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const all = [...signals];
    const aborted = all.find((signal) => signal.aborted);
    if (aborted) return AbortSignal.abort(aborted.reason);
    const any = new AbortSignal(permit);
    for (const signal of all) {
      signal.addEventListener("abort", () => any.#abort(signal.reason), { once: true });
    }
    return any;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  get onabort(): Handler | null {
    return this.#handler;
  }

  set onabort(handler: unknown) {
    this.removeEventListener("abort", this.#listener);
    this.#handler = typeof handler === "function" ? (handler as Handler) : null;
    if (this.#handler) this.addEventListener("abort", this.#listener);
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  #abort(reason: unknown = new DOMException("This operation was aborted", "AbortError")): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    this.dispatchEvent(new Event("abort"));
  }
}

class AbortController {
  readonly #signal = new AbortSignal(permit);

  get signal(): AbortSignal {
    return this.#signal;
  }

  abort(reason?: unknown): void {
    abortSignal(this.#signal, reason);
  }
}

// The bundler names a class that mentions itself anew.
for (const [target, name] of [
  [AbortSignal, "AbortSignal"],
  [AbortController, "AbortController"],
] as const) {
  Object.defineProperty(target, "name", { value: name, configurable: true });
  Object.defineProperty(target.prototype, Symbol.toStringTag, { value: name, configurable: true });
}

export function createAbort(setTimeout: SetTimeout): { AbortController: unknown; AbortSignal: unknown } {
  setTimer = setTimeout;
  return { AbortController, AbortSignal };
}

/** What Node's own promises reject with when a signal aborts them. */
export function abortError(signal: { readonly reason: unknown }): Error {
  const error = new Error("The operation was aborted", { cause: signal.reason });
  return Object.assign(error, { name: "AbortError", code: "ABORT_ERR" });
}
