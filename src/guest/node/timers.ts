/** `node:timers`. */
import type { Parts } from "../runtime/globals/parts.ts";

declare const require: (name: string) => object;

export function create({ timers }: Parts): object {
  const { setTimeout, setInterval, setImmediate } = timers;
  const exports = {
    setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setImmediate,
    clearImmediate: globalThis.clearImmediate,
    setInterval,
    clearInterval: globalThis.clearInterval,
  };
  return Object.defineProperty(exports, "promises", {
    get: () => require("node:timers/promises"),
    enumerable: true,
    configurable: true,
  });
}
