/** Deep equality by the rules of `assert`: strict, loose, and partial, where what is expected may say less. */

/** `structure` is strict but for prototypes. */
export type EqualityMode = "strict" | "loose" | "partial" | "structure";

const { toString, propertyIsEnumerable } = Object.prototype;

/** Pairs that are being compared further up. */
type Pairs = Map<object, Set<object>>;

export function isDeepEqual(actual: unknown, expected: unknown, mode: EqualityMode): boolean {
  return equal(actual, expected, mode, new Map());
}

function equal(a: unknown, b: unknown, mode: EqualityMode, pairs: Pairs): boolean {
  if (a === b) return a !== 0 || mode === "loose" || Object.is(a, b);
  if (!isObject(a) || !isObject(b)) return equalValues(a, b, mode);
  if (mode !== "loose" && mode !== "structure" && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))
    return false;
  if (tagOf(a) !== tagOf(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  if (pairs.get(a)?.has(b)) return true;
  const partners = pairs.get(a) ?? new Set();
  pairs.set(a, partners.add(b));
  try {
    return sameSlots(a, b, mode, pairs) && sameProperties(a, b, mode, pairs);
  } finally {
    partners.delete(b);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function tagOf(value: unknown): string {
  return Reflect.apply(toString, value, []);
}

function equalValues(a: unknown, b: unknown, mode: EqualityMode): boolean {
  if (mode !== "loose") return Number.isNaN(a) && Number.isNaN(b);
  if (isObject(a) || isObject(b)) return false;
  // Loose comparison is what is asked for.
  // eslint-disable-next-line eqeqeq
  return a == b || (Number.isNaN(a) && Number.isNaN(b));
}

/** What the two hold beside their properties. */
function sameSlots(a: object, b: object, mode: EqualityMode, pairs: Pairs): boolean {
  if (Array.isArray(a)) return sameArrays(a, b as unknown[], mode, pairs);
  if (a instanceof Date) return b instanceof Date && Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp)
    return b instanceof RegExp && String(a) === String(b) && a.lastIndex === b.lastIndex;
  if (a instanceof Error) return b instanceof Error && sameErrors(a, b, mode, pairs);
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && sameViews(a, b, mode);
  if (a instanceof ArrayBuffer)
    return b instanceof ArrayBuffer && sameBytes(new Uint8Array(a), new Uint8Array(b));
  if (a instanceof Set) return b instanceof Set && sameSets(a, b, mode, pairs);
  if (a instanceof Map) return b instanceof Map && sameMaps(a, b, mode, pairs);
  if (a instanceof WeakMap || a instanceof WeakSet || a instanceof Promise) return false;
  if (isUrl(a)) return isUrl(b) && a.href === b.href;
  return sameBoxes(a, b);
}

function isUrl(value: object): value is URL {
  return tagOf(value) === "[object URL]" && "href" in value;
}

function sameBoxes(a: object, b: object): boolean {
  for (const Box of [Number, String, Boolean, BigInt, Symbol]) {
    const [left, right] = [unboxed(a, Box), unboxed(b, Box)];
    if (left !== undefined || right !== undefined) return Object.is(left, right);
  }
  return true;
}

/** What `value` boxes, when it is a box of that kind, whatever its prototype says. */
function unboxed(value: object, { prototype }: { readonly prototype: { valueOf(): unknown } }): unknown {
  try {
    return Reflect.apply(prototype.valueOf, value, []);
  } catch {
    return undefined;
  }
}

function sameArrays(a: readonly unknown[], b: readonly unknown[], mode: EqualityMode, pairs: Pairs): boolean {
  if (mode === "partial") {
    // Each element of what is expected, in order.
    let index = 0;
    return b.every((item) => {
      while (index < a.length && !equal(a[index], item, mode, pairs)) index++;
      return index++ < a.length;
    });
  }
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (mode === "strict" && Object.hasOwn(a, index) !== Object.hasOwn(b, index)) return false;
    if (!equal(a[index], b[index], mode, pairs)) return false;
  }
  return true;
}

function sameErrors(a: Error, b: Error, mode: EqualityMode, pairs: Pairs): boolean {
  if (mode === "partial") return a.message === b.message && a.name === b.name;
  for (const name of ["message", "name", "cause", "errors"]) {
    if (Object.hasOwn(a, name) !== Object.hasOwn(b, name) && (name === "cause" || name === "errors"))
      return false;
    if (!equal(Reflect.get(a, name), Reflect.get(b, name), mode, pairs)) return false;
  }
  return true;
}

function sameViews(a: ArrayBufferView, b: ArrayBufferView, mode: EqualityMode): boolean {
  if (a.byteLength !== b.byteLength) return false;
  if (mode === "loose" && (a instanceof Float32Array || a instanceof Float64Array)) {
    const other = b as typeof a;
    return a.every((item, index) => item === other[index]);
  }
  return sameBytes(
    new Uint8Array(a.buffer, a.byteOffset, a.byteLength),
    new Uint8Array(b.buffer, b.byteOffset, b.byteLength),
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function sameSets(
  a: ReadonlySet<unknown>,
  b: ReadonlySet<unknown>,
  mode: EqualityMode,
  pairs: Pairs,
): boolean {
  if (mode === "partial" ? a.size < b.size : a.size !== b.size) return false;
  const left = new Set(a);
  for (const item of b) {
    if (left.has(item)) left.delete(item);
    else if (!takeEqual(left, item, mode, pairs)) return false;
  }
  return true;
}

function takeEqual(from: Set<unknown>, item: unknown, mode: EqualityMode, pairs: Pairs): boolean {
  if (!isObject(item) && mode !== "loose") return false;
  for (const other of from) {
    if (!equal(other, item, mode, pairs)) continue;
    from.delete(other);
    return true;
  }
  return false;
}

function sameMaps(
  a: ReadonlyMap<unknown, unknown>,
  b: ReadonlyMap<unknown, unknown>,
  mode: EqualityMode,
  pairs: Pairs,
): boolean {
  if (mode === "partial" ? a.size < b.size : a.size !== b.size) return false;
  const left = new Map(a);
  for (const [key, value] of b) {
    if (left.has(key) && equal(left.get(key), value, mode, pairs)) left.delete(key);
    else if (!takeEntry(left, key, value, mode, pairs)) return false;
  }
  return true;
}

function takeEntry(
  from: Map<unknown, unknown>,
  key: unknown,
  value: unknown,
  mode: EqualityMode,
  pairs: Pairs,
): boolean {
  if (!isObject(key) && mode !== "loose") return false;
  for (const [otherKey, otherValue] of from) {
    if (!equal(otherKey, key, mode, pairs) || !equal(otherValue, value, mode, pairs)) continue;
    from.delete(otherKey);
    return true;
  }
  return false;
}

function sameProperties(a: object, b: object, mode: EqualityMode, pairs: Pairs): boolean {
  const expected = keysOf(b, mode);
  if (mode !== "partial" && keysOf(a, mode).length !== expected.length) return false;
  return expected.every(
    (key) =>
      Reflect.apply(propertyIsEnumerable, a, [key]) &&
      equal(Reflect.get(a, key), Reflect.get(b, key), mode, pairs),
  );
}

const INDEX = /^(?:0|[1-9]\d*)$/;

/** Own enumerable keys, without the indices that have been looked at by then. */
function keysOf(value: object, mode: EqualityMode): PropertyKey[] {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof String;
  const names = Object.keys(value).filter((name) => !isList || !INDEX.test(name));
  if (mode === "loose") return names;
  const symbols = Object.getOwnPropertySymbols(value).filter((key) =>
    Reflect.apply(propertyIsEnumerable, value, [key]),
  );
  return [...names, ...symbols];
}
