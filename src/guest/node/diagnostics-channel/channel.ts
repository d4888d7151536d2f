/** Channels of `node:diagnostics_channel`. */
import { invalidArgType } from "../shared/errors.ts";
import { requireFunction } from "../shared/validate.ts";

export type ChannelName = string | symbol;
type Subscriber = (message: unknown, name: ChannelName) => void;
type Transform = (data: unknown) => unknown;
type Run = (...args: unknown[]) => unknown;

/** What of an AsyncLocalStorage is used. */
interface Store {
  run(value: unknown, run: () => unknown): unknown;
}

export class Channel {
  readonly name: ChannelName;
  #subscribers: readonly Subscriber[] = [];
  readonly #stores = new Map<Store, Transform | undefined>();

  constructor(name: ChannelName) {
    this.name = name;
  }

  get hasSubscribers(): boolean {
    return this.#subscribers.length > 0 || this.#stores.size > 0;
  }

  subscribe(subscriber: Subscriber): void {
    requireFunction(subscriber, "subscription");
    this.#subscribers = [...this.#subscribers, subscriber];
  }

  unsubscribe(subscriber: Subscriber): boolean {
    const index = this.#subscribers.indexOf(subscriber);
    if (index < 0) return false;
    this.#subscribers = this.#subscribers.toSpliced(index, 1);
    return true;
  }

  publish(message: unknown): void {
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(message, this.name);
      } catch (error) {
        // One that fails doesn't keep the others, nor the publisher, from anything.
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }

  bindStore(store: Store, transform?: Transform): void {
    this.#stores.set(store, transform);
  }

  unbindStore(store: Store): boolean {
    return this.#stores.delete(store);
  }

  runStores(data: unknown, run: Run, self?: unknown, ...args: unknown[]): unknown {
    let inner = (): unknown => {
      this.publish(data);
      return Reflect.apply(run, self, args);
    };
    for (const [store, transform] of this.#stores) {
      const next = inner;
      inner = () => {
        let value: unknown;
        try {
          value = transform ? transform(data) : data;
        } catch (error) {
          process.nextTick(() => {
            throw error;
          });
          return next();
        }
        return store.run(value, next);
      };
    }
    return inner();
  }
}

const channels = new Map<ChannelName, Channel>();

export function channel(name: unknown): Channel {
  if (typeof name !== "string" && typeof name !== "symbol")
    throw invalidArgType("channel", ["string", "symbol"], name);
  let found = channels.get(name);
  if (!found) channels.set(name, (found = new Channel(name)));
  return found;
}
