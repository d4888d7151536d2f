/** `EventEmitter`: a function, as packages still call it without `new`. */
import { type AnyFunction, nodeError } from "../shared/errors.ts";
import { requireBoolean, requireFunction, requireNumber } from "../shared/validate.ts";

declare const require: (name: string) => unknown;

export type EventName = string | symbol;
export type Listener = ((...args: unknown[]) => unknown) & { listener?: Listener; warned?: boolean };
type Events = Record<EventName, Listener | (Listener[] & { warned?: boolean })>;

/** An emitter's own fields, whose names packages rely on. */
export interface Emitter {
  _events: Events | undefined;
  _eventsCount: number;
  _maxListeners: number | undefined;
  [CAPTURE]: boolean;
  [REJECTION]?: (error: unknown, event: EventName, ...args: unknown[]) => void;
  emit(event: EventName, ...args: unknown[]): boolean;
  on(event: EventName, listener: Listener): this;
  prependListener(event: EventName, listener: Listener): this;
  removeListener(event: EventName, listener: Listener): this;
  removeAllListeners(event?: EventName): this;
}

export const CAPTURE: unique symbol = Symbol("kCapture");
export const REJECTION: unique symbol = Symbol.for("nodejs.rejection");
export const ERROR_MONITOR: unique symbol = Symbol("events.errorMonitor");

/** What holds for emitters that say nothing else. */
export const defaults: { maxListeners: number; captureRejections: boolean } = {
  maxListeners: 10,
  captureRejections: false,
};

export interface EmitterOptions {
  readonly captureRejections?: unknown;
}

/** Sets an emitter's fields up, unless a subclass of another kind has done so. */
export function initialize(emitter: Emitter, options: EmitterOptions | undefined): void {
  const inherited = (Object.getPrototypeOf(emitter) as Partial<Emitter> | null)?._events;
  if (emitter._events === undefined || emitter._events === inherited) {
    emitter._events = emptyEvents();
    emitter._eventsCount = 0;
  }
  // Its own, even where it is nothing.
  emitter._maxListeners ??= undefined;
  if (options?.captureRejections) {
    requireBoolean(options.captureRejections, "options.captureRejections");
    emitter[CAPTURE] = options.captureRejections;
  } else {
    emitter[CAPTURE] = defaults.captureRejections;
  }
}

function emptyEvents(): Events {
  return Object.create(null) as Events;
}

export function maxListenersOf(emitter: Pick<Emitter, "_maxListeners">): number {
  return emitter._maxListeners ?? defaults.maxListeners;
}

/** The methods of emitters. */
export const methods: ThisType<Emitter> & Record<string, unknown> = {
  setMaxListeners(count: unknown) {
    requireNumber(count, "setMaxListeners", 0);
    this._maxListeners = count;
    return this;
  },
  getMaxListeners() {
    return maxListenersOf(this);
  },
  emit(event: EventName, ...args: unknown[]): boolean {
    const events = this._events;
    if (event === "error") {
      if (events?.[ERROR_MONITOR] !== undefined) this.emit(ERROR_MONITOR, ...args);
      if (events?.[event] === undefined) throw unhandledError(args[0]);
    }
    const found = events?.[event];
    if (found === undefined) return false;
    if (typeof found === "function") {
      call(this, found, event, args);
      return true;
    }
    for (const listener of [...found]) call(this, listener, event, args);
    return true;
  },
  addListener(event: EventName, listener: Listener) {
    return add(this, event, listener, false);
  },
  prependListener(event: EventName, listener: Listener) {
    return add(this, event, listener, true);
  },
  once(event: EventName, listener: Listener) {
    requireFunction(listener, "listener");
    return this.on(event, onceOf(this, event, listener));
  },
  prependOnceListener(event: EventName, listener: Listener) {
    requireFunction(listener, "listener");
    return this.prependListener(event, onceOf(this, event, listener));
  },
  removeListener(event: EventName, listener: Listener) {
    return remove(this, event, listener);
  },
  removeAllListeners(...names: EventName[]) {
    return removeAll(this, names);
  },
  listeners(event: EventName): Listener[] {
    return listOf(this, event).map((listener) => listener.listener ?? listener);
  },
  rawListeners(event: EventName): Listener[] {
    return listOf(this, event);
  },
  listenerCount(event: EventName, listener?: Listener): number {
    const list = listOf(this, event);
    if (listener == null) return list.length;
    return list.filter((item) => item === listener || item.listener === listener).length;
  },
  eventNames(): EventName[] {
    return this._events === undefined ? [] : Reflect.ownKeys(this._events);
  },
};
methods["on"] = methods["addListener"];
methods["off"] = methods["removeListener"];

function unhandledError(thrown: unknown): unknown {
  if (thrown instanceof Error) return thrown;
  const error = nodeError<Error & { context?: unknown }>(
    Error,
    "ERR_UNHANDLED_ERROR",
    `Unhandled error. (${describe(thrown)})`,
    unhandledError,
  );
  error.context = thrown;
  return error;
}

function describe(value: unknown): string {
  // `util` needs this module, so it is asked for when there is something to say.
  const { inspect } = require("node:util") as { readonly inspect: (value: unknown) => string };
  try {
    return inspect(value);
  } catch {
    return String(value);
  }
}

function call(emitter: Emitter, listener: Listener, event: EventName, args: unknown[]): void {
  const result = Reflect.apply(listener, emitter, args);
  if (result === undefined || result === null || !emitter[CAPTURE]) return;
  captureRejection(emitter, result, event, args);
}

/** A listener's promise that is rejected becomes an `error`. */
function captureRejection(emitter: Emitter, promise: unknown, event: EventName, args: unknown[]): void {
  try {
    const { then } = promise as { readonly then?: unknown };
    if (typeof then !== "function") return;
    Reflect.apply(then as AnyFunction, promise, [
      undefined,
      (error: unknown) => process.nextTick(emitRejection, emitter, error, event, args),
    ]);
  } catch (error) {
    emitter.emit("error", error);
  }
}

function emitRejection(emitter: Emitter, error: unknown, event: EventName, args: unknown[]): void {
  const handler = emitter[REJECTION];
  if (typeof handler === "function") {
    Reflect.apply(handler, emitter, [error, event, ...args]);
    return;
  }
  // An `error` listener that fails in its turn must not come here again.
  const capture = emitter[CAPTURE];
  try {
    emitter[CAPTURE] = false;
    emitter.emit("error", error);
  } finally {
    emitter[CAPTURE] = capture;
  }
}

function add(emitter: Emitter, event: EventName, listener: Listener, first: boolean): Emitter {
  requireFunction(listener, "listener");
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = emptyEvents();
    emitter._eventsCount = 0;
  } else if (events["newListener"] !== undefined) {
    emitter.emit("newListener", event, listener.listener ?? listener);
    events = emitter._events ?? events;
  }
  const found = events[event];
  if (found === undefined) {
    events[event] = listener;
    emitter._eventsCount++;
    return emitter;
  }
  const list: Listener[] & { warned?: boolean } = typeof found === "function" ? [found] : found;
  if (first) list.unshift(listener);
  else list.push(listener);
  events[event] = list;
  warnOfLeak(emitter, event, list);
  return emitter;
}

function warnOfLeak(emitter: Emitter, event: EventName, list: Listener[] & { warned?: boolean }): void {
  const most = maxListenersOf(emitter);
  if (most <= 0 || list.length <= most || list.warned === true) return;
  list.warned = true;
  const owner =
    (emitter as { readonly constructor?: { readonly name?: string } }).constructor?.name ?? "EventEmitter";
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${list.length} ${String(event)} listeners added to [${owner}]. ` +
      `MaxListeners is ${most}. Use emitter.setMaxListeners() to increase limit`,
  );
  warning.name = "MaxListenersExceededWarning";
  process.emitWarning(Object.assign(warning, { emitter, type: event, count: list.length }));
}

function onceOf(emitter: Emitter, event: EventName, listener: Listener): Listener {
  let fired = false;
  const wrapper: Listener = (...args) => {
    if (fired) return undefined;
    fired = true;
    emitter.removeListener(event, wrapper);
    return Reflect.apply(listener, emitter, args);
  };
  wrapper.listener = listener;
  return wrapper;
}

function remove(emitter: Emitter, event: EventName, listener: Listener): Emitter {
  requireFunction(listener, "listener");
  const events = emitter._events;
  const found = events?.[event];
  if (events === undefined || found === undefined) return emitter;
  let told = listener;
  const matches = (item: Listener): boolean => item === listener || item.listener === listener;
  if (typeof found === "function") {
    if (!matches(found)) return emitter;
    told = found.listener ?? listener;
    drop(emitter, events, event);
  } else {
    const index = found.findLastIndex(matches);
    if (index < 0) return emitter;
    found.splice(index, 1);
    if (found.length === 1) events[event] = found[0] as Listener;
  }
  if (events["removeListener"] !== undefined) emitter.emit("removeListener", event, told);
  return emitter;
}

function drop(emitter: Emitter, events: Events, event: EventName): void {
  emitter._eventsCount--;
  if (emitter._eventsCount === 0) emitter._events = emptyEvents();
  else Reflect.deleteProperty(events, event);
}

function removeAll(emitter: Emitter, names: readonly EventName[]): Emitter {
  const events = emitter._events;
  if (events === undefined) return emitter;
  if (events["removeListener"] === undefined) {
    if (names.length === 0) {
      emitter._events = emptyEvents();
      emitter._eventsCount = 0;
    } else if (events[names[0] as EventName] !== undefined) drop(emitter, events, names[0] as EventName);
    return emitter;
  }
  if (names.length === 0) {
    for (const name of Reflect.ownKeys(events))
      if (name !== "removeListener") emitter.removeAllListeners(name);
    emitter.removeAllListeners("removeListener");
    emitter._events = emptyEvents();
    emitter._eventsCount = 0;
    return emitter;
  }
  const event = names[0] as EventName;
  for (const listener of listOf(emitter, event).reverse()) emitter.removeListener(event, listener);
  return emitter;
}

function listOf(emitter: Emitter, event: EventName): Listener[] {
  const found = emitter._events?.[event];
  if (found === undefined) return [];
  return typeof found === "function" ? [found] : [...found];
}
