import { requireFunction } from "./errors.ts";
import {
  append,
  mapDelete,
  mapForEach,
  mapGet,
  mapSet,
  reflectApply,
  SafeError,
  SafeMap,
  string,
} from "../primordials.ts";

type Listener = (...args: never[]) => unknown;

interface Registration {
  readonly listener: Listener;
  readonly once: boolean;
}

/** The part of Node's EventEmitter that code uses on `process` and its streams. */
export class Emitter {
  readonly #registrations = new SafeMap<string | symbol, Registration[]>();

  on(event: string | symbol, listener: Listener): this {
    return this.#add(event, listener, false);
  }

  addListener(event: string | symbol, listener: Listener): this {
    return this.#add(event, listener, false);
  }

  prependListener(event: string | symbol, listener: Listener): this {
    return this.#add(event, listener, false, true);
  }

  prependOnceListener(event: string | symbol, listener: Listener): this {
    return this.#add(event, listener, true, true);
  }

  once(event: string | symbol, listener: Listener): this {
    return this.#add(event, listener, true);
  }

  off(event: string | symbol, listener: Listener): this {
    return this.#remove(event, listener);
  }

  removeListener(event: string | symbol, listener: Listener): this {
    return this.#remove(event, listener);
  }

  removeAllListeners(event?: string | symbol): this {
    if (event === undefined) mapForEach(this.#registrations, (_list, key) => this.removeAllListeners(key));
    else mapDelete(this.#registrations, event);
    return this;
  }

  emit(event: string | symbol, ...args: unknown[]): boolean {
    const list = mapGet(this.#registrations, event);
    if (!list) {
      if (event === "error") throw args[0] instanceof SafeError ? args[0] : new SafeError(string(args[0]));
      return false;
    }
    for (let index = 0; index < list.length; index++) {
      const { listener, once } = list[index] as Registration;
      if (once) this.#remove(event, listener);
      reflectApply(listener, this, args);
    }
    return true;
  }

  listeners(event: string | symbol): Listener[] {
    const list = mapGet(this.#registrations, event) ?? [];
    const listeners: Listener[] = [];
    for (let index = 0; index < list.length; index++) {
      append(listeners, (list[index] as Registration).listener);
    }
    return listeners;
  }

  rawListeners(event: string | symbol): Listener[] {
    return this.listeners(event);
  }

  listenerCount(event: string | symbol): number {
    return mapGet(this.#registrations, event)?.length ?? 0;
  }

  eventNames(): (string | symbol)[] {
    const names: (string | symbol)[] = [];
    mapForEach(this.#registrations, (_list, key) => append(names, key));
    return names;
  }

  /** Node's default, though nobody is warned of too many. */
  getMaxListeners(): number {
    return 10;
  }

  /** Accepted and ignored: the warning it sets the threshold of is never given. */
  setMaxListeners(_count: number): this {
    return this;
  }

  /** Lists are replaced, never changed, so that one being emitted stays as it was. */
  #add(event: string | symbol, listener: Listener, once: boolean, isFirst = false): this {
    requireFunction("listener", listener);
    const list: Registration[] = [];
    const old = mapGet(this.#registrations, event) ?? [];
    if (isFirst) append(list, { listener, once });
    for (let index = 0; index < old.length; index++) append(list, old[index] as Registration);
    if (!isFirst) append(list, { listener, once });
    mapSet(this.#registrations, event, list);
    return this;
  }

  #remove(event: string | symbol, listener: Listener): this {
    const old = mapGet(this.#registrations, event) ?? [];
    let dropped = old.length - 1;
    while (dropped >= 0 && old[dropped]?.listener !== listener) dropped--;
    const list: Registration[] = [];
    for (let index = 0; index < old.length; index++) {
      if (index !== dropped) append(list, old[index] as Registration);
    }
    if (list.length === 0) mapDelete(this.#registrations, event);
    else mapSet(this.#registrations, event, list);
    return this;
  }
}
