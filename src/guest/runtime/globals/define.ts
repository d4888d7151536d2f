import { globalObject, record, reflectDefineProperty } from "../primordials.ts";
import type { Chunks } from "./chunks.ts";

/** A plain global: writable and configurable, since it is the user's from then on. */
export function defineGlobal(name: string, value: unknown): void {
  reflectDefineProperty(
    globalObject,
    name,
    record({ value, writable: true, enumerable: false, configurable: true }),
  );
}

/**
 * A global that is made when it is first read, and is a plain one from then on.
 * While a chunk's script runs it reads as absent: libraries look for a native implementation to use instead of
 * their own, and would find themselves.
 */
export function defineLazyGlobal(chunks: Chunks, name: string, make: () => unknown): void {
  let made: unknown;
  const descriptor = {
    enumerable: false,
    configurable: true,
    get(): unknown {
      if (made === undefined && chunks.isLoading()) return undefined;
      made ??= make();
      defineGlobal(name, made);
      return made;
    },
    set: (value: unknown): void => defineGlobal(name, value),
  };
  reflectDefineProperty(globalObject, name, descriptor);
}
