/** Which kind of the language's own objects a value is, whatever its prototype and tag say. */

type Getter = () => unknown;

const getterOf = (prototype: object, key: PropertyKey): Getter =>
  Object.getOwnPropertyDescriptor(prototype, key)?.get as Getter;

/** Each throws for anything but its own kind. */
const brands: Readonly<Record<string, (value: unknown) => unknown>> = {
  Boolean: (value) => Boolean.prototype.valueOf.call(value),
  Number: (value) => Number.prototype.valueOf.call(value),
  String: (value) => String.prototype.valueOf.call(value),
  BigInt: (value): unknown => BigInt.prototype.valueOf.call(value),
  Symbol: (value) => Symbol.prototype.valueOf.call(value),
  Date: (value) => Date.prototype.getTime.call(value),
  Map: (value) => mapSize.call(value),
  Set: (value) => setSize.call(value),
  ArrayBuffer: (value) => bufferLength.call(value),
  WeakMap: (value) => WeakMap.prototype.has.call(value as never, value as object),
  WeakSet: (value) => WeakSet.prototype.has.call(value as never, value as object),
  WeakRef: (value): unknown => WeakRef.prototype.deref.call(value as never),
};
const mapSize = getterOf(Map.prototype, "size");
const setSize = getterOf(Set.prototype, "size");
const bufferLength = getterOf(ArrayBuffer.prototype, "byteLength");
const regExpSource = getterOf(RegExp.prototype, "source");
const viewTag = getterOf(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag);

/** A tag that the language gives by what an object is, as long as it has no `Symbol.toStringTag`. */
const SURE = ["Boolean", "Number", "String", "Date", "RegExp", "Error", "Arguments"];

/** The name of a view's class, such as `Uint8Array`. */
export function viewName(view: ArrayBufferView): string {
  return (viewTag.call(view) as string | undefined) ?? "DataView";
}

/** Such as `Map`, `Array`, `View`, `Error`; `Object` for any other. */
export function kindOf(value: object): string {
  if (Array.isArray(value)) return "Array";
  const prototype: unknown = Object.getPrototypeOf(value);
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  const name = Object.prototype.toString.call(value).slice(8, -1);
  if (typeof tag !== "string" && SURE.includes(name)) return name === "Arguments" ? "Object" : name;
  if (prototype === Object.prototype || prototype === null) return "Object";
  if (ArrayBuffer.isView(value)) return "View";
  if (isError(value)) return "Error";
  if (value !== RegExp.prototype && passes(() => regExpSource.call(value))) return "RegExp";
  const brand = Object.keys(brands).find((key) => passes(() => brands[key]?.(value)));
  if (brand !== undefined) return brand;
  return ["Promise", "SharedArrayBuffer", "Generator", "AsyncGenerator"].includes(name) ? name : "Object";
}

const { isError = (value: unknown): boolean => value instanceof Error } = Error as unknown as {
  isError?: (value: unknown) => boolean;
};

function passes(test: () => unknown): boolean {
  try {
    test();
    return true;
  } catch {
    return false;
  }
}
