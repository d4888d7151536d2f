/** The functions of `node:events` beside the class. */
import { AbortError, invalidArgType, nodeError } from "../shared/errors.ts";
import { requireFunction, requireNumber, requireSignal, type Signal } from "../shared/validate.ts";
import { defaults, type Emitter, type EventName, type Listener, maxListenersOf } from "./emitter.ts";

interface Target {
  addEventListener(type: EventName, listener: Listener, options?: object): void;
  removeEventListener(type: EventName, listener: Listener, options?: object): void;
}

const TARGET_MAXIMUM = Symbol("events.maxEventTargetListeners");

function isTarget(value: unknown): value is Target & { [TARGET_MAXIMUM]?: number } {
  return typeof (value as Partial<Target> | null)?.addEventListener === "function";
}

function isEmitter(value: unknown): value is Emitter {
  return typeof (value as Partial<Emitter> | null)?.on === "function";
}

/** Listens on either kind of thing that has events. */
export function listen(source: unknown, event: EventName, listener: Listener, once: boolean = false): void {
  if (isEmitter(source)) {
    if (once) (source as unknown as { once: typeof source.on }).once(event, listener);
    else source.on(event, listener);
  } else if (isTarget(source)) source.addEventListener(event, listener, { once });
  else throw invalidArgType("emitter", "EventEmitter", source);
}

export function unlisten(source: unknown, event: EventName, listener: Listener): void {
  if (isEmitter(source)) source.removeListener(event, listener);
  else if (isTarget(source)) source.removeEventListener(event, listener);
}

export async function once(
  emitter: unknown,
  event: EventName,
  options: { readonly signal?: Signal } = {},
): Promise<unknown[]> {
  const { signal } = options;
  requireSignal(signal, "options.signal");
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  return await new Promise<unknown[]>((resolve, reject) => {
    const onEvent: Listener = (...args) => {
      unlisten(emitter, "error", onError);
      signal?.removeEventListener("abort", onAbort);
      resolve(args);
    };
    const onError: Listener = (error) => {
      unlisten(emitter, event, onEvent);
      signal?.removeEventListener("abort", onAbort);
      // What an emitter reports is passed on as it is.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      reject(error);
    };
    const onAbort = (): void => {
      unlisten(emitter, event, onEvent);
      unlisten(emitter, "error", onError);
      reject(new AbortError(undefined, { cause: signal?.reason }));
    };
    listen(emitter, event, onEvent, true);
    if (event !== "error" && isEmitter(emitter)) listen(emitter, "error", onError, true);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

export function addAbortListener(signal: unknown, listener: () => void): Disposable {
  if (signal === undefined) throw invalidArgType("signal", "AbortSignal", signal);
  requireSignal(signal, "signal");
  requireFunction(listener, "listener");
  if (signal.aborted) queueMicrotask(() => listener());
  else signal.addEventListener("abort", listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", listener) };
}

export function setMaxListeners(
  count: unknown = defaults.maxListeners,
  ...targets: readonly unknown[]
): void {
  requireNumber(count, "setMaxListeners", 0);
  if (targets.length === 0) defaults.maxListeners = count;
  for (const target of targets) {
    const { setMaxListeners: set } = target as { readonly setMaxListeners?: unknown };
    if (typeof set === "function") Reflect.apply(set as Listener, target, [count]);
    else if (isTarget(target)) target[TARGET_MAXIMUM] = count;
    else throw invalidArgType("eventTargets", ["EventEmitter", "EventTarget"], target);
  }
}

export function getMaxListeners(target: unknown): number {
  const { getMaxListeners: get } = target as { readonly getMaxListeners?: unknown };
  if (typeof get === "function") return Reflect.apply(get as Listener, target, []) as number;
  if (isTarget(target))
    return target[TARGET_MAXIMUM] ?? (target instanceof AbortSignal ? 0 : defaults.maxListeners);
  if (isEmitter(target)) return maxListenersOf(target);
  throw invalidArgType("emitter", ["EventEmitter", "EventTarget"], target);
}

/** What an EventTarget's listeners are is not told by the platform; by an emitter they are. */
export function getEventListeners(target: unknown, event: EventName): Listener[] {
  const { listeners } = target as { readonly listeners?: unknown };
  if (typeof listeners === "function")
    return Reflect.apply(listeners as Listener, target, [event]) as Listener[];
  if (isTarget(target)) {
    const known = (target as { readonly [LISTENERS]?: (event: EventName) => Listener[] })[LISTENERS];
    return known === undefined ? [] : Reflect.apply(known, target, [event]);
  }
  throw invalidArgType("emitter", ["EventEmitter", "EventTarget"], target);
}

/** Where an EventTarget of this runtime may tell its listeners. */
const LISTENERS = Symbol.for("isolet.eventListeners");

export function listenerCount(target: unknown, event: EventName): number {
  const { listenerCount: count } = target as { readonly listenerCount?: unknown };
  if (typeof count === "function") return Reflect.apply(count as Listener, target, [event]) as number;
  if (isTarget(target)) return getEventListeners(target, event).length;
  throw invalidArgType("emitter", ["EventEmitter", "EventTarget"], target);
}

export function invalidThis(name: string): Error {
  return nodeError(TypeError, "ERR_INVALID_THIS", `Value of "this" must be of type ${name}`, invalidThis);
}
