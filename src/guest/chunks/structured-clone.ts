import clone from "core-js-pure/actual/structured-clone";

// The library keeps a registry for its other parts there, of which there are none.
Reflect.deleteProperty(globalThis, "__core-js_shared__");

export function structuredClone(value: unknown, options: unknown): unknown {
  return options === undefined ? clone(value) : clone(value, options);
}
