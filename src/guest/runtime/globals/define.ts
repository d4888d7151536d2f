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
function defineHidden(owner: object, name: PropertyKey, value: unknown): void {
  descriptor.value = value;
  reflectDefineProperty(owner, name, descriptor);
  descriptor.value = undefined;
}

/** A plain global. */
export function defineGlobal(name: string, value: unknown): void {
  defineHidden(globalObject, name, value);
}

/**
 * Several at once, by a loop that calls nothing of ours. What is called more often than about eight times V8 compiles to
 * machine code, which takes a page of 256 KB and 0.1 ms: much for a cold start, of which this is a part.
 */
export function defineGlobals(names: readonly string[], values: readonly unknown[]): void {
  for (let index = 0; index < names.length; index++) {
    descriptor.value = values[index];
    reflectDefineProperty(globalObject, names[index] as string, descriptor);
  }
  descriptor.value = undefined;
}

/**
 * A global that is made when it is first read, and is a plain one from then on.
 * While a chunk's script runs it reads as absent: libraries look for a native implementation to use instead of
 * their own, and would find themselves.
 */
export function defineLazyGlobal(chunks: Chunks, name: string, make: () => unknown): void {
  let made: unknown;
  defineLazyGlobals(chunks, [name], () => (made ??= make()));
}

/** Several of them, all of which `get` makes once; by a loop as that of {@link defineGlobals}. */
export function defineLazyGlobals(
  chunks: Chunks,
  names: readonly string[],
  get: (name: string) => unknown,
): void {
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    reflectDefineProperty(globalObject, name, {
      enumerable: false,
      configurable: true,
      get(): unknown {
        if (chunks.isLoading()) return undefined;
        const made = get(name);
        defineGlobal(name, made);
        return made;
      },
      set: (value: unknown): void => defineGlobal(name, value),
    });
  }
}
