/** What undici's fetch takes from the runtime. */
import type { Parts } from "../../runtime/globals/parts.ts";

/** The chunk's own arguments. */
declare const parts: Parts;
declare const require: (name: string) => unknown;

export const runtime: Parts = parts;

/** A built-in module, when it is needed. */
export function builtin<Module>(name: string): Module {
  return require(name) as Module;
}
