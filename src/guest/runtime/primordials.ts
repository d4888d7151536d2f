/**
 * The language's own functions, taken when the runtime is evaluated and so before user code, which may replace any
 * global and any prototype's method and must harm nothing but itself by it.
 *
 * Three traps that captured functions alone do not close, for whoever writes in `runtime/`:
 * - `for…of`, spread, array destructuring and `await` look up what user code may have replaced; index with a
 *   counter, and use {@link settle}.
 * - `Object.prototype` and `Array.prototype` may have been given setters, getters and a `toJSON`: a descriptor or a
 *   record that others read needs a null prototype, an index that is not there yet is added by
 *   {@link append}, and {@link jsonOfStrings} makes JSON of a list.
 * - Regular expressions look up `exec`; use string methods, or {@link regExpExec} only.
 */

const { bind, call } = Function.prototype;

/** `method` with its receiver as first argument, calling nothing that user code could replace. */
export const uncurryThis = bind.bind(call) as <Args extends unknown[], Result>(
  method: (...args: Args) => Result,
) => (self: unknown, ...args: Args) => Result;

export const globalObject: typeof globalThis = globalThis;

export const jsonStringify: (
  value: unknown,
  replacer?: (key: string, value: unknown) => unknown,
) => string | undefined = JSON.stringify;
export const jsonParse: (text: string) => unknown = JSON.parse as (text: string) => unknown;

export const reflectApply: (
  target: (...args: never[]) => unknown,
  self: unknown,
  args: readonly unknown[],
) => unknown = Reflect.apply;
export const reflectDefineProperty: (
  target: object,
  key: PropertyKey,
  descriptor: PropertyDescriptor,
) => boolean = Reflect.defineProperty;
export const reflectGet: (target: object, key: PropertyKey) => unknown = Reflect.get;
export const reflectDeleteProperty: (target: object, key: PropertyKey) => boolean = Reflect.deleteProperty;

export const objectDefineProperty: <T extends object>(
  target: T,
  key: PropertyKey,
  descriptor: PropertyDescriptor,
) => T = Object.defineProperty;
export const objectKeys: (target: object) => string[] = Object.keys;
export const objectAssign: (target: object, source: unknown) => unknown = Object.assign;
export const objectGetPrototypeOf: (target: unknown) => object | null = Object.getPrototypeOf as (
  target: unknown,
) => object | null;
const objectSetPrototypeOf: <T extends object>(target: T, prototype: object | null) => T =
  Object.setPrototypeOf;
export const objectGetOwnPropertyDescriptor: (
  target: object,
  key: PropertyKey,
) => PropertyDescriptor | undefined = Object.getOwnPropertyDescriptor;

export const string: (value: unknown) => string = String;
export const stringSlice: (text: string, start: number, end?: number) => string = uncurryThis(
  String.prototype.slice,
);
export const stringSplit: (text: string, separator: string, limit?: number) => string[] = uncurryThis(
  String.prototype.split as (separator: string, limit?: number) => string[],
);
export const stringIndexOf: (text: string, part: string, from?: number) => number = uncurryThis(
  String.prototype.indexOf,
);
export const stringLastIndexOf: (text: string, part: string, from?: number) => number = uncurryThis(
  String.prototype.lastIndexOf,
);
export const stringIncludes: (text: string, part: string) => boolean = uncurryThis(String.prototype.includes);
export const stringStartsWith: (text: string, part: string) => boolean = uncurryThis(
  String.prototype.startsWith,
);
export const stringCharCodeAt: (text: string, index: number) => number = uncurryThis(
  String.prototype.charCodeAt,
);
export const stringToUpperCase: (text: string) => string = uncurryThis(String.prototype.toUpperCase);

export const regExpExec: (pattern: RegExp, text: string) => RegExpExecArray | null = uncurryThis(
  RegExp.prototype.exec,
);

export const arrayIncludes: (list: readonly unknown[], value: unknown) => boolean = uncurryThis(
  Array.prototype.includes,
);
export const arrayJoin: (list: readonly unknown[], separator: string) => string = uncurryThis(
  Array.prototype.join,
);

export const SafeMap: MapConstructor = Map;
export const mapGet: <K, V>(map: Map<K, V>, key: K) => V | undefined = uncurryThis(
  Map.prototype.get as (key: unknown) => never,
);
export const mapSet: <K, V>(map: Map<K, V>, key: K, value: V) => unknown = uncurryThis(Map.prototype.set);
export const mapDelete: <K, V>(map: Map<K, V>, key: K) => boolean = uncurryThis(Map.prototype.delete);
export const mapForEach: <K, V>(map: Map<K, V>, visit: (value: V, key: K) => void) => void = uncurryThis(
  Map.prototype.forEach,
);

export const dateNow: () => number = Date.now;
export const numberIsInteger: (value: unknown) => boolean = Number.isInteger;
export const number: (value: unknown) => number = Number;
export const mathFloor: (value: number) => number = Math.floor;
export const mathTrunc: (value: number) => number = Math.trunc;
export const bigInt: (value: number | string) => bigint = BigInt;

export const SafeUint8Array: Uint8ArrayConstructor = Uint8Array;

export const SafeError: ErrorConstructor = Error;
export const SafeTypeError: TypeErrorConstructor = TypeError;
export const SafeRangeError: RangeErrorConstructor = RangeError;
const hasInstance = uncurryThis(Function.prototype[Symbol.hasInstance] as (value: unknown) => boolean);
/** `value instanceof constructor`, whatever its `Symbol.hasInstance` has become. */
export const isInstance: (constructor: object, value: unknown) => boolean = hasInstance;

export const SafePromise: PromiseConstructor = Promise;
export const promiseThen: (
  promise: Promise<unknown>,
  onFulfilled?: (value: unknown) => unknown,
  onRejected?: (reason: unknown) => unknown,
) => Promise<unknown> = uncurryThis(Promise.prototype.then);

/**
 * Waits for `value`, a promise, a thenable or a plain value, and calls one of the two. Neither may throw. Unlike
 * `await` and `then` it consults no `constructor`, `Symbol.species` or `then` that user code could have put in place,
 * save the `then` of a thenable, which is its meaning.
 */
export function settle(
  value: unknown,
  onFulfilled: (value: unknown) => void,
  onRejected: (reason: unknown) => void,
): void {
  const promise = noSpecies(new SafePromise<unknown>((resolve) => resolve(value)));
  void promiseThen(promise, onFulfilled, onRejected);
}

/** With an own `constructor` of undefined, `then` makes its derived promise by the language's own constructor. */
export function noSpecies<T>(promise: Promise<T>): Promise<T> {
  return objectDefineProperty(promise, "constructor", record({ value: undefined }));
}

/** Adds to the end of a list, past any setter on `Array.prototype`. */
export function append<T>(list: T[], value: T): void {
  objectDefineProperty(
    list,
    list.length,
    record({ value, writable: true, enumerable: true, configurable: true }),
  );
}

/** `fields` without a prototype, so that nothing put on `Object.prototype` shows through it. */
export function record<T extends object>(fields: T): T {
  return objectSetPrototypeOf(fields, null);
}

/** `list`, which `JSON.stringify` now writes as it is, whatever `toJSON` is on `Array.prototype`. */
export function shielded<T extends object>(list: T): T {
  return objectDefineProperty(list, "toJSON", record({ value: undefined }));
}

/** JSON of a text. */
export function jsonOfString(text: string): string {
  return jsonStringify(text) ?? '""';
}

/** JSON of a list of texts, past any `toJSON` on `Array.prototype`. */
export function jsonOfStrings(list: readonly string[]): string {
  let text = "[";
  for (let index = 0; index < list.length; index++) {
    text += (index === 0 ? "" : ",") + jsonOfString(list[index] ?? "");
  }
  return text + "]";
}
