import { DOMException } from "./dom-exception.ts";
import { Event } from "./event.ts";
import {
  defineHandler,
  dispatchTrusted,
  EventTarget,
  listenerAdded,
  setSignalCheck,
} from "./event-target.ts";
import { defineInterface, invalidType, requireArguments } from "./interface.ts";

type SetTimeout = (callback: () => void, delayMs: number) => object;

/** Only this module may make signals. */
const permit = {};
let abortSignal: (signal: AbortSignal, reason: unknown) => void;
let setTimer: SetTimeout;

/** How many references to signals are kept before those to collected ones are dropped. */
const SWEEP_AT = 64;

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown = undefined;
  /** Signals of `AbortSignal.any` that this one aborts; they live as long as somebody wants them. */
  #dependents: WeakRef<AbortSignal>[] = [];
  #sweepAt = SWEEP_AT;
  /** Those of them that somebody listens to. */
  readonly #heard = new Set<AbortSignal>();
  /** What a signal of `AbortSignal.any` depends on; none of them such a signal. */
  #sources: readonly AbortSignal[] = [];
  #dependent = false;

  static {
    abortSignal = (signal, reason) => signal.#abort(reason);
    setSignalCheck((value) => typeof value === "object" && value !== null && #aborted in value);
  }

  constructor(given?: unknown) {
    if (given !== permit)
      throw Object.assign(new TypeError("Illegal constructor"), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
    super();
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(permit);
    signal.#abort(reason);
    return signal;
  }

  static timeout(delayMs: unknown): AbortSignal {
    requireArguments(arguments.length, 1, "AbortSignal.timeout");
    const signal = new AbortSignal(permit);
    const expire = (): void =>
      signal.#abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    const delay = enforceRange(delayMs);
    (setTimer(expire, Math.min(delay, 2 ** 31 - 1)) as { unref(): unknown }).unref();
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    requireArguments(arguments.length, 1, "AbortSignal.any");
    const all = sequence(signals);
    const any = new AbortSignal(permit);
    any.#dependent = true;
    const aborted = all.find((signal) => signal.#aborted);
    if (aborted) {
      any.#aborted = true;
      any.#reason = aborted.#reason;
      return any;
    }
    any.#sources = [...new Set(all.flatMap((signal) => (signal.#dependent ? signal.#sources : [signal])))];
    for (const source of any.#sources) source.#add(any);
    return any;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  /** One that is listened to must fire, though nobody else holds it. */
  [listenerAdded](type: string): void {
    if (type === "abort" && !this.#aborted) for (const source of this.#sources) source.#heard.add(this);
  }

  #add(dependent: AbortSignal): void {
    if (this.#dependents.length >= this.#sweepAt) {
      this.#dependents = this.#dependents.filter((reference) => reference.deref() !== undefined);
      this.#sweepAt = Math.max(SWEEP_AT, 2 * this.#dependents.length);
    }
    this.#dependents.push(new WeakRef(dependent));
  }

  #abort(reason: unknown = new DOMException("This operation was aborted", "AbortError")): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    // All are aborted before the first listener hears of it.
    const dependents = this.#dependents
      .map((reference) => reference.deref())
      .filter((one) => one && !one.#aborted);
    this.#dependents = [];
    this.#heard.clear();
    for (const dependent of dependents as AbortSignal[]) {
      dependent.#aborted = true;
      dependent.#reason = reason;
    }
    dispatchTrusted(this, new Event("abort"));
    for (const dependent of dependents as AbortSignal[]) {
      for (const source of dependent.#sources) source.#heard.delete(dependent);
      dispatchTrusted(dependent, new Event("abort"));
    }
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

defineHandler(AbortSignal, "abort");
defineInterface(AbortSignal, "AbortSignal", ["aborted", "reason", "throwIfAborted"]);
Object.defineProperty(AbortSignal, "length", { value: 0, configurable: true });
defineInterface(AbortController, "AbortController", ["signal", "abort"]);

/** A whole number of milliseconds, as Web IDL's `[EnforceRange] unsigned long long`. */
function enforceRange(value: unknown): number {
  const number = Math.trunc(Number(value));
  if (number >= 0 && number <= Number.MAX_SAFE_INTEGER) return number;
  throw Object.assign(new RangeError(`The delay must be a number from 0 to ${Number.MAX_SAFE_INTEGER}.`), {
    code: "ERR_OUT_OF_RANGE",
  });
}

function sequence(value: unknown): AbortSignal[] {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  const iterable = isObject && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === "function";
  const list = iterable ? [...(value as Iterable<unknown>)] : [undefined];
  if (list.every((one) => one instanceof AbortSignal)) return list;
  throw invalidType("The signals must be an iterable of instances of AbortSignal.");
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
