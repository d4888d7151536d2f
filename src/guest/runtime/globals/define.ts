import { globalObject, record, reflectDefineProperty } from "../primordials.ts";
import type { Chunks } from "./chunks.ts";

/** What all are defined by, one after the other: one made for each would be a part of every cold start. */
const descriptor = record<PropertyDescriptor>({
  value: undefined,
  writable: true,
  enumerable: false,
  configurable: true,
});

/** A property as the language's own are: writable and configurable, since it is the user's from then on. */
export function defineHidden(owner: object, name: PropertyKey, value: unknown): void {
  descriptor.value = value;
  reflectDefineProperty(owner, name, descriptor);
  descriptor.value = undefined;
}

/** A plain global. */
export function defineGlobal(name: string, value: unknown): void {
  defineHidden(globalObject, name, value);
}

/**
 * A global that is made when it is first read, and is a plain one from then on.
 * While a chunk's script runs it reads as absent: libraries look for a native implementation to use instead of
 * their own, and would find themselves.
 */
export function defineLazyGlobal(chunks: Chunks, name: string, make: () => unknown): void {
  let made: unknown;
  reflectDefineProperty(globalObject, name, {
    enumerable: false,
    configurable: true,
    get(): unknown {
      if (made === undefined && chunks.isLoading()) return undefined;
      made ??= make();
      defineGlobal(name, made);
      return made;
    },
    set: (value: unknown): void => defineGlobal(name, value),
  });
}
