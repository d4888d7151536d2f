/** `events.on`: an emitter's events as an async iterator. */
import { AbortError, invalidArgType } from "../shared/errors.ts";
import { requireInteger, requireSignal, type Signal } from "../shared/validate.ts";
import type { EventName, Listener } from "./emitter.ts";
import { listen, unlisten } from "./statics.ts";

export interface IterateOptions {
  readonly signal?: Signal;
  readonly close?: readonly EventName[];
  readonly highWaterMark?: number;
  readonly highWatermark?: number;
  readonly lowWaterMark?: number;
  readonly lowWatermark?: number;
}

interface Waiting {
  resolve(result: IteratorResult<unknown[], undefined>): void;
  reject(error: unknown): void;
}

interface Pausable {
  pause?(): void;
  resume?(): void;
}

export function on(
  emitter: unknown,
  event: EventName,
  options: IterateOptions = {},
): AsyncIterableIterator<unknown[]> {
  const { signal } = options;
  requireSignal(signal, "options.signal");
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  const high = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  requireInteger(high, "options.highWaterMark", 1);
  requireInteger(low, "options.lowWaterMark", 1);
  return new EventIterator(emitter, event, options, high, low);
}

class EventIterator implements AsyncIterableIterator<unknown[]> {
  readonly #emitter: unknown;
  readonly #signal: Signal | undefined;
  readonly #high: number;
  readonly #low: number;
  readonly #events: unknown[][] = [];
  readonly #waiting: Waiting[] = [];
  readonly #listeners: (readonly [EventName, Listener])[] = [];
  #failure: { readonly error: unknown } | undefined;
  #paused = false;
  #finished = false;
  readonly #onAbort: () => void;

  constructor(emitter: unknown, event: EventName, options: IterateOptions, high: number, low: number) {
    this.#emitter = emitter;
    this.#signal = options.signal;
    this.#high = high;
    this.#low = low;
    this.#onAbort = () => this.#fail(new AbortError(undefined, { cause: this.#signal?.reason }));
    this.#add(event, (...args) => this.#take(args));
    const isEmitter = typeof (emitter as { readonly on?: unknown }).on === "function";
    if (event !== "error" && isEmitter) this.#add("error", (error) => this.#fail(error));
    for (const name of options.close ?? []) this.#add(name, () => this.#close());
    this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  next(): Promise<IteratorResult<unknown[], undefined>> {
    const value = this.#events.shift();
    if (value !== undefined) {
      this.#resumeWhenLow();
      return Promise.resolve({ value, done: false });
    }
    if (this.#failure) {
      const { error } = this.#failure;
      this.#failure = undefined;
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
    if (this.#finished) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<unknown[], undefined>> {
    this.#close();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: unknown): Promise<IteratorResult<unknown[], undefined>> {
    if (!(error instanceof Error)) throw invalidArgType("EventEmitter.AsyncIterator", "Error", error);
    this.#fail(error);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #add(event: EventName, listener: Listener): void {
    listen(this.#emitter, event, listener);
    this.#listeners.push([event, listener]);
  }

  #take(args: unknown[]): void {
    const waiting = this.#waiting.shift();
    if (waiting) {
      waiting.resolve({ value: args, done: false });
      return;
    }
    this.#events.push(args);
    if (this.#paused || this.#events.length <= this.#high) return;
    this.#paused = true;
    (this.#emitter as Pausable).pause?.();
  }

  #resumeWhenLow(): void {
    if (!this.#paused || this.#events.length >= this.#low) return;
    this.#paused = false;
    (this.#emitter as Pausable).resume?.();
  }

  #fail(error: unknown): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.reject(error);
    else this.#failure = { error };
    this.#close();
  }

  #close(): void {
    this.#finished = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    for (const [event, listener] of this.#listeners.splice(0)) unlisten(this.#emitter, event, listener);
    for (const waiting of this.#waiting.splice(0)) waiting.resolve({ value: undefined, done: true });
  }
}
