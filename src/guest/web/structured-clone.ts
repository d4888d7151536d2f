/** `structuredClone`, and what posting messages takes of it. */
import type { Parts } from "../runtime/globals/parts.ts";
import type { Cloning } from "../runtime/globals/cloners.ts";
import { dictionary, invalidType } from "../chunks/web/interface.ts";
import { createCloner } from "./structured-clone/clone.ts";

export function create(parts: Parts): Cloning {
  const { isDomException } = parts.chunks.load("web");
  parts.cloners.push({ is: isDomException, prepare: (value) => () => domExceptionLike(value as Error) });
  const cloner = createCloner(parts);
  return {
    ...cloner,
    transferList,
    structuredClone: (value, options) => cloner.clone(value, transferList(options)),
  };
}

function transferList(options: unknown): unknown[] {
  const { transfer } = dictionary(options, "options");
  if (transfer === undefined) return [];
  const iterator: unknown = (transfer as Partial<Iterable<unknown>> | null)?.[Symbol.iterator];
  if (typeof transfer !== "object" || typeof iterator !== "function") {
    throw invalidType("The option transfer must be an iterable of objects.");
  }
  return [...(transfer as Iterable<unknown>)];
}

function domExceptionLike({ name, message, stack }: Error): Error {
  const clone = new DOMException(message, name);
  Object.defineProperty(clone, "stack", { value: stack, writable: true, configurable: true });
  return clone;
}
