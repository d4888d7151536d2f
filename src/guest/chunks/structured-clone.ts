// Its entry point brings collections of its own along, of which clones would then be.
import "core-js-pure/modules/web.structured-clone";
import path from "core-js-pure/internals/path";

const { structuredClone: clone } = path;

// The library keeps a registry for its other parts there, of which there are none.
Reflect.deleteProperty(globalThis, "__core-js_shared__");

export function structuredClone(value: unknown, options: unknown): unknown {
  return options === undefined ? clone(value) : clone(value, options);
}
