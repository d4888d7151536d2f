/** `structuredClone`, and what posting messages takes of it. */
import type { Parts } from "../runtime/globals/parts.ts";
import type { Cloning, PlatformCloner } from "../runtime/globals/cloners.ts";
import { dictionary, invalidType } from "../chunks/web/interface.ts";
import { createCloner } from "./structured-clone/clone.ts";

export function create(parts: Parts): Cloning {
  const { isDomException } = parts.chunks.load("web");
  parts.cloners.push({ is: isDomException, prepare: (value) => () => domExceptionLike(value as Error) });
  parts.cloners.push(keyCloner(parts));
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

/** Keys of Web Crypto, whose part is loaded only for what says it is one. */
function keyCloner({ chunks }: Parts): PlatformCloner {
  return {
    is(value) {
      const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value) ?? {}, Symbol.toStringTag);
      return tag?.value === "CryptoKey" && chunks.load("web-crypto").cryptoKeyRecord(value) !== undefined;
    },
    prepare(value) {
      const { cryptoKeyRecord, makeCryptoKey } = chunks.load("web-crypto");
      const record = cryptoKeyRecord(value);
      if (!record) throw new TypeError("The key is none.");
      const { algorithm, usages } = record;
      return () => makeCryptoKey({ ...record, algorithm: { ...algorithm }, usages: [...usages] });
    },
  };
}

function domExceptionLike({ name, message, stack }: Error): Error {
  const clone = new DOMException(message, name);
  Object.defineProperty(clone, "stack", { value: stack, writable: true, configurable: true });
  return clone;
}
