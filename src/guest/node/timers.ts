/** `node:timers`. */
import type { Parts } from "../runtime/globals/parts.ts";

declare const require: (name: string) => object;

export function create({ timers }: Parts): object {
  const { setTimeout, clearTimeout, setImmediate, clearImmediate, setInterval, clearInterval } = timers;
  const exports = { setTimeout, clearTimeout, setImmediate, clearImmediate, setInterval, clearInterval };
  return Object.defineProperty(exports, "promises", {
    get: () => require("node:timers/promises"),
    enumerable: true,
    configurable: true,
  });
}
