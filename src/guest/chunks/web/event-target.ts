import { DOMException } from "./dom-exception.ts";
import { type Event, isAnEvent, stateOf } from "./event.ts";
import { defineInterface, dictionary, invalidType, requireArguments, text } from "./interface.ts";

/** A function, or an object with `handleEvent`. */
export type Callback = ((event: Event) => unknown) | { handleEvent?: unknown };

interface Listener {
  readonly type: string;
  readonly callback: Callback;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  removed: boolean;
}

interface Signal {
  readonly aborted: boolean;
  addEventListener(type: string, callback: () => void, options?: object): void;
}

let report: (error: unknown) => void = () => undefined;
let isSignal: (value: unknown) => value is Signal = (value): value is Signal => value instanceof EventTarget;

/** Where what a listener throws goes to. */
export function setListenerReport(to: (error: unknown) => void): void {
  report = to;
}

export function setSignalCheck(check: (value: unknown) => boolean): void {
  isSignal = check as typeof isSignal;
}

/** Called for a target when a listener has been added to it. */
export const listenerAdded: unique symbol = Symbol("listener added");

let dispatch: (target: EventTarget, event: Event) => boolean;

/** Dispatches an event of the runtime's own making. */
export function dispatchTrusted(target: EventTarget, event: Event): void {
  stateOf(event).trusted = true;
  dispatch(target, event);
}

export class EventTarget {
  #listeners: Listener[] = [];

  static {
    dispatch = (target, event) => target.#dispatch(event);
    // What `getEventListeners` of `node:events` gives.
    Object.defineProperty(EventTarget.prototype, Symbol.for("isolet.eventListeners"), {
      value(this: EventTarget, type: string): Callback[] {
        return this.#listeners.filter((one) => one.type === type).map(({ callback }) => callback);
      },
    });
  }

  addEventListener(type: unknown, callback: unknown, options?: unknown): void {
    requireArguments(arguments.length, 2, "addEventListener");
    const { capture, once, passive, signal } = optionsOf(options);
    if (!isCallback(callback)) return;
    if (signal?.aborted) return;
    const name = text(type);
    if (this.#find(name, callback, capture)) return;
    const listener: Listener = { type: name, callback, capture, once, passive, removed: false };
    this.#listeners.push(listener);
    signal?.addEventListener("abort", () => this.#remove(listener), { once: true });
    (this as { [listenerAdded]?: (type: string) => void })[listenerAdded]?.(name);
  }

  removeEventListener(type: unknown, callback: unknown, options?: unknown): void {
    requireArguments(arguments.length, 2, "removeEventListener");
    const isObject = (typeof options === "object" && options !== null) || typeof options === "function";
    const capture = isObject ? Boolean((options as { capture?: unknown }).capture) : Boolean(options);
    if (!isCallback(callback)) return;
    const listener = this.#find(text(type), callback, capture);
    if (listener) this.#remove(listener);
  }

  dispatchEvent(event: unknown): boolean {
    requireArguments(arguments.length, 1, "dispatchEvent");
    if (!isAnEvent(event)) throw invalidType('The "event" argument must be an instance of Event.');
    const state = stateOf(event);
    if (state.dispatching || !state.initialized) {
      throw new DOMException("The event is already being dispatched", "InvalidStateError");
    }
    state.trusted = false;
    return this.#dispatch(event);
  }

  #dispatch(event: Event): boolean {
    const state = stateOf(event);
    state.dispatching = true;
    state.target = state.currentTarget = this;
    if (!state.stopped) {
      // Those that capture come first, here as on the way down to a target.
      const listeners = this.#listeners.filter(({ type }) => type === state.type);
      this.#invoke(event, listeners, true);
      if (!(state as { stopped: boolean }).stopped) this.#invoke(event, listeners, false);
    }
    state.dispatching = state.stopped = state.stoppedAtOnce = false;
    state.currentTarget = null;
    return !state.canceled;
  }

  #invoke(event: Event, listeners: readonly Listener[], capture: boolean): void {
    const state = stateOf(event);
    for (const listener of listeners) {
      if (listener.capture !== capture || listener.removed) continue;
      if (listener.once) this.#remove(listener);
      state.inPassiveListener = listener.passive;
      try {
        call(listener.callback, this, event);
      } catch (error) {
        report(error);
      }
      state.inPassiveListener = false;
      if (state.stoppedAtOnce) return;
    }
  }

  #find(type: string, callback: Callback, capture: boolean): Listener | undefined {
    return this.#listeners.find(
      (listener) => listener.type === type && listener.callback === callback && listener.capture === capture,
    );
  }

  #remove(listener: Listener): void {
    listener.removed = true;
    this.#listeners = this.#listeners.filter((one) => one !== listener);
  }
}

defineInterface(EventTarget, "EventTarget", ["addEventListener", "removeEventListener", "dispatchEvent"]);
Object.defineProperty(EventTarget.prototype.addEventListener, "length", { value: 2, configurable: true });
Object.defineProperty(EventTarget.prototype.removeEventListener, "length", { value: 2, configurable: true });

function call(callback: Callback, target: EventTarget, event: Event): void {
  if (typeof callback === "function") {
    callback.call(target, event);
    return;
  }
  const { handleEvent } = callback;
  if (typeof handleEvent !== "function") throw invalidType("A listener's handleEvent must be a function.");
  handleEvent.call(callback, event);
}

function isCallback(value: unknown): value is Callback {
  if (value === null || value === undefined) return false;
  if (typeof value === "function" || typeof value === "object") return true;
  throw invalidType('The "listener" argument must be a function or an object.');
}

interface ListenerOptions {
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  readonly signal: Signal | undefined;
}

function optionsOf(value: unknown): ListenerOptions {
  if (typeof value === "boolean") return { capture: value, once: false, passive: false, signal: undefined };
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  const options = isObject ? dictionary(value, "options") : { capture: value };
  const capture = Boolean(options["capture"]);
  const once = Boolean((options as { once?: unknown }).once);
  const passive = Boolean((options as { passive?: unknown }).passive);
  const { signal } = options as { signal?: unknown };
  if (signal !== undefined && !isSignal(signal)) {
    throw invalidType('The "options.signal" property must be an instance of AbortSignal.');
  }
  return { capture, once, passive, signal };
}

/** What an attribute such as `onabort` holds, and the listener that calls it. */
interface Handler {
  value: Callback | null;
  readonly listener: (event: Event) => unknown;
}

const handlers = new WeakMap<EventTarget, Map<string, Handler>>();

/** Gives a class an attribute such as `onabort`; `onSet` is called when a handler has been put there. */
export function defineHandler(
  target: { readonly prototype: EventTarget },
  type: string,
  onSet?: (self: EventTarget) => void,
): void {
  const name = `on${type}`;
  const accessors = {
    get [name](): Callback | null {
      return handlerOf(this, type).value;
    },
    set [name](value: unknown) {
      const handler = handlerOf(this, type);
      const self = this as unknown as EventTarget;
      const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
      const had = handler.value !== null;
      handler.value = isObject ? (value as Callback) : null;
      // One that replaces another keeps its turn.
      if (isObject && !had) self.addEventListener(type, handler.listener);
      if (!isObject && had) self.removeEventListener(type, handler.listener);
      if (isObject) onSet?.(self);
    },
  };
  const descriptor = Object.getOwnPropertyDescriptor(accessors, name) as PropertyDescriptor;
  Object.defineProperty(target.prototype, name, { ...descriptor, enumerable: true, configurable: true });
}

function handlerOf(self: unknown, type: string): Handler {
  if (!(self instanceof EventTarget)) {
    throw Object.assign(new TypeError("Illegal invocation"), { code: "ERR_INVALID_THIS" });
  }
  let own = handlers.get(self);
  if (!own) handlers.set(self, (own = new Map<string, Handler>()));
  const known = own.get(type);
  if (known) return known;
  const handler: Handler = {
    value: null,
    listener: (event) => (typeof handler.value === "function" ? handler.value.call(self, event) : undefined),
  };
  own.set(type, handler);
  return handler;
}
