import { GuestMessage } from "../../contract.ts";
import type { HostPort } from "../host.ts";
import {
  mapDelete,
  mapGet,
  mapSet,
  mathTrunc,
  number,
  reflectApply,
  SafeMap,
  string,
} from "../primordials.ts";
import { requireFunction } from "./errors.ts";
import type { Frames } from "./frames.ts";
import {
  createImmediate,
  createTimeout,
  handleEntry,
  type TimerEntry,
  type TimerPort,
} from "./timer-handles.ts";

/** The longest delay, as in Node: longer ones become 1 ms. */
const maxDelayMs = 2 ** 31 - 1;

export interface Timers {
  setTimeout(callback: unknown, delay?: unknown, ...args: unknown[]): object;
  setInterval(callback: unknown, delay?: unknown, ...args: unknown[]): object;
  setImmediate(callback: unknown, ...args: unknown[]): object;
  /** Each clears any of the three, given what they returned or, for the first two, its number. */
  clearTimeout(handle?: unknown): void;
  clearInterval(handle?: unknown): void;
  clearImmediate(handle?: unknown): void;
  /** Timer `id` has come due. One that is no longer set is ignored. */
  fire(id: number): void;
  /** How many are set and hold the invocation open. */
  pending(): number;
}

interface TimerHooks {
  readonly report: (error: unknown) => void;
  readonly warn: (message: string) => void;
  /** Called after each callback. */
  readonly afterCallback: () => void;
  readonly frames: Frames;
}

class TimerTable implements TimerPort {
  readonly #host: HostPort;
  readonly #hooks: TimerHooks;
  readonly #set = new SafeMap<number, TimerEntry>();
  /** Handles whose number user code has seen; only those can be cleared by number. */
  readonly #numbered = new SafeMap<number, TimerEntry>();
  #lastId = 0;
  #pending = 0;

  constructor(host: HostPort, hooks: TimerHooks) {
    this.#host = host;
    this.#hooks = hooks;
  }

  get pending(): number {
    return this.#pending;
  }

  create(
    callback: unknown,
    delayMs: number,
    repeats: boolean,
    args: readonly unknown[],
    type: string,
  ): TimerEntry {
    requireFunction("callback", callback);
    const entry: TimerEntry = {
      callback: this.#hooks.frames.bind(callback as TimerEntry["callback"], type),
      args,
      delayMs,
      repeats,
      held: true,
      id: 0,
      number: 0,
      ended: false,
      handle: undefined,
    };
    this.arm(entry);
    return entry;
  }

  /**
   * Every arming has an id of its own, so a firing that is already under way for an older one finds nothing. How many may
   * be set is the cell's to say.
   */
  arm(entry: TimerEntry): void {
    entry.id = ++this.#lastId;
    mapSet(this.#set, entry.id, entry);
    if (entry.held) this.#pending++;
    this.#host.send(GuestMessage.SetTimer, entry.id, string(entry.delayMs));
  }

  rearm(entry: TimerEntry): void {
    if (this.#take(entry)) this.#host.send(GuestMessage.ClearTimer, entry.id, "");
    this.arm(entry);
  }

  clear(entry: TimerEntry): void {
    entry.ended = true;
    if (entry.number !== 0) mapDelete(this.#numbered, entry.number);
    if (this.#take(entry)) this.#host.send(GuestMessage.ClearTimer, entry.id, "");
  }

  hold(entry: TimerEntry, held: boolean): void {
    if (entry.held === held) return;
    entry.held = held;
    if (mapGet(this.#set, entry.id) === entry) this.#pending += held ? 1 : -1;
  }

  numberOf(entry: TimerEntry): number {
    if (entry.number === 0) entry.number = entry.id;
    if (!entry.ended) mapSet(this.#numbered, entry.number, entry);
    return entry.number;
  }

  byNumber(value: unknown): TimerEntry | undefined {
    return mapGet(this.#numbered, number(value));
  }

  fire(id: number): void {
    const entry = mapGet(this.#set, id);
    if (!entry) return;
    this.#take(entry);
    this.#run(entry);
    const waits = mapGet(this.#set, entry.id) === entry;
    if (!waits && !entry.ended && entry.repeats) this.arm(entry);
    else if (!waits && entry.number !== 0) mapDelete(this.#numbered, entry.number);
    this.#hooks.afterCallback();
  }

  #run(entry: TimerEntry): void {
    try {
      reflectApply(entry.callback, entry.handle, entry.args);
    } catch (error) {
      this.#hooks.report(error);
    }
  }

  #take(entry: TimerEntry): boolean {
    if (mapGet(this.#set, entry.id) !== entry) return false;
    mapDelete(this.#set, entry.id);
    if (entry.held) this.#pending--;
    return true;
  }
}

/** The table is made with the first timer: many functions set none. */
export function createTimers(host: HostPort, hooks: TimerHooks): Timers {
  let table: TimerTable | undefined;

  function later(callback: unknown, delay: unknown, repeats: boolean, args: readonly unknown[]): object {
    table ??= new TimerTable(host, hooks);
    const type = repeats ? "Interval" : "Timeout";
    const entry = table.create(callback, delayInMs(delay, hooks.warn), repeats, args, type);
    return (entry.handle = createTimeout(table, entry));
  }

  function clear(handle: unknown): void {
    const byNumber = typeof handle === "number" || typeof handle === "string";
    const entry = byNumber ? table?.byNumber(handle) : handleEntry(handle);
    if (entry) table?.clear(entry);
  }

  return {
    setTimeout: (callback, delay, ...args) => later(callback, delay, false, args),
    setInterval: (callback, delay, ...args) => later(callback, delay, true, args),
    setImmediate(callback, ...args) {
      table ??= new TimerTable(host, hooks);
      const entry = table.create(callback, 0, false, args, "Immediate");
      return (entry.handle = createImmediate(table, entry));
    },
    clearTimeout: (handle) => clear(handle),
    clearInterval: (handle) => clear(handle),
    clearImmediate: (handle) => clear(handle),
    fire: (id) => table?.fire(id),
    pending: () => table?.pending ?? 0,
  };
}

function delayInMs(delay: unknown, warn: (message: string) => void): number {
  const asked = number(delay);
  if (asked >= 1 && asked <= maxDelayMs) return mathTrunc(asked);
  if (asked > maxDelayMs) {
    warn(`TimeoutOverflowWarning: ${asked} does not fit into a 32-bit signed integer. It was set to 1 ms.`);
  }
  return 1;
}
