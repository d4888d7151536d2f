import { InvalidOptionError } from "../base/errors.ts";
import type { Binding, BindingOptions, BindingTable } from "../functions/binding.ts";

/** A binding that is offered. */
export interface OfferedBinding {
  readonly name: string;
  readonly binding: Binding;
  readonly timeoutMs: number;
  /** What ends the calls under way, when it is revoked. */
  readonly calls: Set<() => void>;
}

const NAME = /^[a-zA-Z][\w$]{0,63}$/;
const METHOD = /^[a-zA-Z$][\w$]{0,63}$/;
const DEFAULT_TIMEOUT_MS = 30_000;

/** The bindings of an engine. */
export class Bindings implements BindingTable {
  readonly #offered = new Map<string, OfferedBinding>();

  constructor(bindings: Readonly<Record<string, Binding>> = {}) {
    for (const [name, binding] of Object.entries(bindings)) this.offer(name, binding);
  }

  offer(name: string, binding: Binding, { timeoutMs = DEFAULT_TIMEOUT_MS }: BindingOptions = {}): void {
    if (typeof name !== "string" || !NAME.test(name)) {
      refuse("name", name, "a letter and up to 63 letters, digits, _ and $");
    }
    if ((typeof binding !== "object" && typeof binding !== "function") || (binding as unknown) === null) {
      refuse(name, binding, "an object with methods, or a function that gives one");
    }
    if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 900_000) {
      refuse("timeoutMs", timeoutMs, "an integer from 1 to 900000");
    }
    this.revoke(name);
    this.#offered.set(name, { name, binding, timeoutMs, calls: new Set() });
  }

  revoke(name: string): boolean {
    const offered = this.#offered.get(name);
    if (!offered) return false;
    this.#offered.delete(name);
    for (const end of [...offered.calls]) end();
    return true;
  }

  find(name: string): OfferedBinding | undefined {
    return this.#offered.get(name);
  }
}

/** A method that guests may call: the object's own or its class's, a plain function that is not hidden by its name. */
export function methodOf(target: object, name: string): ((...args: unknown[]) => unknown) | undefined {
  if (!METHOD.test(name) || name === "constructor") return undefined;
  // What every object and function has is no method of a binding.
  let holder: object | null = target;
  while (holder !== null && holder !== Object.prototype && holder !== Function.prototype) {
    const property = Object.getOwnPropertyDescriptor(holder, name);
    if (property) {
      const value: unknown = property.value;
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown) : undefined;
    }
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return undefined;
}

/** @throws InvalidOptionError */
function refuse(field: string, value: unknown, allowed: string): never {
  throw new InvalidOptionError("Engine", `bindings: ${field}`, value, allowed, "INVALID_OPTION");
}
