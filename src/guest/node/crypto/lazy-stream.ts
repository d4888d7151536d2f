/**
 * Hashes, ciphers and signers are streams, and hardly ever used as such: the streams' module is loaded, and a stream
 * made of one, when something of a stream is first looked up in it.
 */
import type { Require } from "./context.ts";

/** What they extend. */
export type LazyStream = abstract new (options?: unknown) => object;

type Base = ((this: object, options?: unknown) => void) & { readonly prototype: object };

const STATES = ["_readableState", "_writableState"] as const;

export function lazyStream(require: Require, kind: "Transform" | "Writable"): LazyStream {
  let base: Base | undefined;

  abstract class Lazy {
    readonly #options: unknown;

    constructor(options?: unknown) {
      this.#options = options;
    }

    static start(stream: Lazy): void {
      for (const name of STATES) define(stream, name, undefined);
      load().call(stream, stream.#options);
    }
  }
  const { start } = Lazy;
  Reflect.deleteProperty(Lazy, "start");
  const { prototype } = Lazy;

  /** The streams' own class, which from now on stands where the watch has been. */
  function load(): Base {
    if (base) return base;
    const found = (require("stream") as Readonly<Record<string, unknown>>)[kind] as Base;
    Object.setPrototypeOf(prototype, found.prototype);
    base = found;
    return base;
  }

  const isPlain = (key: PropertyKey): boolean =>
    key in Object.prototype || key === "then" || key === "toJSON";
  const watch = new Proxy(Object.create(null) as object, {
    get: (_target, key, receiver) =>
      isPlain(key) || typeof key === "symbol"
        ? (Reflect.get(Object.prototype, key, receiver) as unknown)
        : (Reflect.get(load().prototype, key, receiver) as unknown),
    has: (_target, key) =>
      isPlain(key) || typeof key === "symbol" ? key in Object.prototype : key in load().prototype,
    set: (_target, key, value, receiver) => {
      define(receiver as object, key, value);
      return true;
    },
    getPrototypeOf: () => load().prototype,
  });
  Object.setPrototypeOf(prototype, watch);
  for (const name of STATES) {
    Object.defineProperty(prototype, name, {
      get(this: unknown): unknown {
        if (!(this instanceof Lazy)) return undefined;
        start(this);
        return (this as unknown as Record<string, unknown>)[name];
      },
      set(this: object, value: unknown) {
        define(this, name, value);
      },
      configurable: true,
    });
  }
  return Lazy;
}

function define(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
