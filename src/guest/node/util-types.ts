/** `node:util/types`: what a value is by its internal slots, as far as the language lets one look. */

declare const require: (name: string) => unknown;

type Test = (value: unknown) => boolean;

/** Whether `probe`, a built-in that wants a certain kind of `this`, takes `value` for one. */
function takes(probe: unknown, value: unknown, ...args: unknown[]): boolean {
  if (typeof probe !== "function" || typeof value !== "object" || value === null) return false;
  try {
    Reflect.apply(probe as (...args: unknown[]) => unknown, value, args);
    return true;
  } catch {
    return false;
  }
}

function getterOf(owner: object, name: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(owner, name)?.get;
}

const toString = Object.prototype.toString;
const typedArray = Object.getPrototypeOf(Uint8Array) as { readonly prototype: object };
const typedArrayTag = getterOf(typedArray.prototype, Symbol.toStringTag) as () => string | undefined;

function tagOf(value: unknown): string {
  return Reflect.apply(toString, value, []).slice(8, -1);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function arrayOf(name: string): Test {
  return (value) => isObject(value) && Reflect.apply(typedArrayTag, value, []) === name;
}

function slot(owner: { readonly prototype: object } | undefined, name: PropertyKey): Test {
  const probe = owner && getterOf(owner.prototype, name);
  return (value) => takes(probe, value);
}

function boxed(owner: { readonly prototype: { valueOf: unknown } }): Test {
  return (value) => takes(owner.prototype.valueOf, value);
}

function functionOf(...tags: readonly string[]): Test {
  return (value) => typeof value === "function" && tags.includes(tagOf(value));
}

function objectOf(...tags: readonly string[]): Test {
  return (value) => isObject(value) && tags.includes(tagOf(value));
}

const isArrayBuffer = slot(ArrayBuffer, "byteLength");
const isSharedArrayBuffer: Test = (value) =>
  typeof SharedArrayBuffer === "function" && slot(SharedArrayBuffer, "byteLength")(value);
const isNumberObject = boxed(Number);
const isStringObject = boxed(String);
const isBooleanObject = boxed(Boolean);
const isBigIntObject = boxed(BigInt);
const isSymbolObject = boxed(Symbol);
const { isError } = Error as unknown as { readonly isError?: Test };
const isRegExp = slot(RegExp, "source");
const isNativeError: Test = isError ?? ((value) => value instanceof Error);

function instanceOfGlobal(name: string): Test {
  return (value) => {
    if (!isObject(value)) return false;
    const Class: unknown = Reflect.get(globalThis, name);
    return typeof Class === "function" && value instanceof Class;
  };
}

function isKeyObject(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { KeyObject } = require("node:crypto") as { readonly KeyObject?: unknown };
  return typeof KeyObject === "function" && value instanceof KeyObject;
}

export function create(): object {
  return {
    isExternal: () => false,
    isDate: (value: unknown) => takes(Date.prototype.getTime, value),
    isArgumentsObject: (value: unknown) =>
      isObject(value) && !(Symbol.toStringTag in value) && tagOf(value) === "Arguments",
    isBigIntObject,
    isBooleanObject,
    isNumberObject,
    isStringObject,
    isSymbolObject,
    isBoxedPrimitive: (value: unknown) =>
      isNumberObject(value) ||
      isStringObject(value) ||
      isBooleanObject(value) ||
      isBigIntObject(value) ||
      isSymbolObject(value),
    isNativeError,
    isRegExp: (value: unknown) => value !== RegExp.prototype && isRegExp(value),
    isAsyncFunction: functionOf("AsyncFunction", "AsyncGeneratorFunction"),
    isGeneratorFunction: functionOf("GeneratorFunction", "AsyncGeneratorFunction"),
    isGeneratorObject: objectOf("Generator", "AsyncGenerator"),
    isPromise: (value: unknown) => value instanceof Promise && tagOf(value) === "Promise",
    isMap: slot(Map, "size"),
    isSet: slot(Set, "size"),
    isMapIterator: objectOf("Map Iterator"),
    isSetIterator: objectOf("Set Iterator"),
    isWeakMap: (value: unknown) => takes(WeakMap.prototype.has, value, {}),
    isWeakSet: (value: unknown) => takes(WeakSet.prototype.has, value, {}),
    isArrayBuffer,
    isDataView: slot(DataView, "buffer"),
    isSharedArrayBuffer,
    // The language has no way to tell.
    isProxy: () => false,
    isModuleNamespaceObject: (value: unknown) =>
      isObject(value) && Object.getPrototypeOf(value) === null && tagOf(value) === "Module",
    isAnyArrayBuffer: (value: unknown) => isArrayBuffer(value) || isSharedArrayBuffer(value),
    isCryptoKey: instanceOfGlobal("CryptoKey"),
    isKeyObject,
    isArrayBufferView: ArrayBuffer.isView,
    isTypedArray: (value: unknown) =>
      isObject(value) && Reflect.apply(typedArrayTag, value, []) !== undefined,
    isUint8Array: arrayOf("Uint8Array"),
    isUint8ClampedArray: arrayOf("Uint8ClampedArray"),
    isUint16Array: arrayOf("Uint16Array"),
    isUint32Array: arrayOf("Uint32Array"),
    isInt8Array: arrayOf("Int8Array"),
    isInt16Array: arrayOf("Int16Array"),
    isInt32Array: arrayOf("Int32Array"),
    isFloat16Array: arrayOf("Float16Array"),
    isFloat32Array: arrayOf("Float32Array"),
    isFloat64Array: arrayOf("Float64Array"),
    isBigInt64Array: arrayOf("BigInt64Array"),
    isBigUint64Array: arrayOf("BigUint64Array"),
  };
}
