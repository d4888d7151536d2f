/** `node:util/types`, as far as undici's fetch uses it. */
const tagOf = (value: unknown): string | undefined =>
  ArrayBuffer.isView(value) ? (typedArrayTag.call(value) as string | undefined) : undefined;

const typedArrayTag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)?.get as () => unknown;

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get as () => number;

export function isUint8Array(value: unknown): value is Uint8Array {
  return tagOf(value) === "Uint8Array";
}

export function isTypedArray(value: unknown): boolean {
  return tagOf(value) !== undefined;
}

export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    byteLength.call(value);
    return true;
  } catch {
    return false;
  }
}

/** A function's `SharedArrayBuffer` is a grant; without it there are none. */
export function isSharedArrayBuffer(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object SharedArrayBuffer]";
}

export function isAnyArrayBuffer(value: unknown): boolean {
  return isArrayBuffer(value) || isSharedArrayBuffer(value);
}

export function isDataView(value: unknown): value is DataView {
  return ArrayBuffer.isView(value) && tagOf(value) === undefined;
}

/** undici takes a short cut with objects that are none; which are can't be told here. */
export function isProxy(): boolean {
  return true;
}
