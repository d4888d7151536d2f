/** What `setTimeout`, `setInterval` and `setImmediate` return. Its classes are made with the first timer. */

export interface TimerEntry {
  readonly callback: (...args: never[]) => unknown;
  readonly args: readonly unknown[];
  readonly delayMs: number;
  readonly repeats: boolean;
  /** Whether it holds the invocation open (`ref`, `unref`). */
  held: boolean;
  /** Of the latest arming, in messages. */
  id: number;
  /** What the handle is as a number, once somebody has asked; else 0. */
  number: number;
  /** It was cleared, and an interval is not set again. */
  ended: boolean;
  handle: object | undefined;
}

export interface TimerPort {
  rearm(entry: TimerEntry): void;
  clear(entry: TimerEntry): void;
  hold(entry: TimerEntry, held: boolean): void;
  numberOf(entry: TimerEntry): number;
}

type HandleClass = new (port: TimerPort, entry: TimerEntry) => object;
type EntryOf = (handle: object) => TimerEntry | undefined;

let timeoutClass: HandleClass | undefined;
let immediateClass: HandleClass | undefined;
let timeoutEntry: EntryOf = () => undefined;
let immediateEntry: EntryOf = () => undefined;

const disposeKey = (): symbol =>
  (Symbol as unknown as { readonly dispose?: symbol }).dispose ?? Symbol.for("nodejs.dispose");

/** The entry behind a handle, or nothing for any other value. */
export function handleEntry(value: unknown): TimerEntry | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return timeoutEntry(value) ?? immediateEntry(value);
}

export function createTimeout(port: TimerPort, entry: TimerEntry): object {
  timeoutClass ??= makeTimeout();
  return new timeoutClass(port, entry);
}

export function createImmediate(port: TimerPort, entry: TimerEntry): object {
  immediateClass ??= makeImmediate();
  return new immediateClass(port, entry);
}

/** As Node's class of the same name. */
function makeTimeout(): HandleClass {
  class Timeout {
    readonly #port: TimerPort;
    readonly #entry: TimerEntry;

    static {
      timeoutEntry = (handle) => (#entry in handle ? handle.#entry : undefined);
    }

    constructor(port: TimerPort, entry: TimerEntry) {
      this.#port = port;
      this.#entry = entry;
    }

    ref(): this {
      this.#port.hold(this.#entry, true);
      return this;
    }

    unref(): this {
      this.#port.hold(this.#entry, false);
      return this;
    }

    hasRef(): boolean {
      return this.#entry.held;
    }

    /** Starts the delay again, also after it has fired. */
    refresh(): this {
      if (!this.#entry.ended) this.#port.rearm(this.#entry);
      return this;
    }

    close(): this {
      this.#port.clear(this.#entry);
      return this;
    }

    [Symbol.toPrimitive](): number {
      return this.#port.numberOf(this.#entry);
    }

    [disposeKey()](): void {
      this.#port.clear(this.#entry);
    }
  }
  return Timeout;
}

/** As Node's class of the same name. */
function makeImmediate(): HandleClass {
  class Immediate {
    readonly #port: TimerPort;
    readonly #entry: TimerEntry;

    static {
      immediateEntry = (handle) => (#entry in handle ? handle.#entry : undefined);
    }

    constructor(port: TimerPort, entry: TimerEntry) {
      this.#port = port;
      this.#entry = entry;
    }

    ref(): this {
      this.#port.hold(this.#entry, true);
      return this;
    }

    unref(): this {
      this.#port.hold(this.#entry, false);
      return this;
    }

    hasRef(): boolean {
      return this.#entry.held;
    }

    [disposeKey()](): void {
      this.#port.clear(this.#entry);
    }
  }
  return Immediate;
}
