import { GuestQuestion } from "../../contract.ts";
import type { HostPort } from "../host.ts";
import {
  objectGetOwnPropertyDescriptor,
  objectGetPrototypeOf,
  SafeTypeError,
  SafeUint8Array,
  string,
  stringCharCodeAt,
  uncurryThis,
} from "../primordials.ts";
import type { Chunks } from "./chunks.ts";

/** The most that `getRandomValues` gives at once, by its specification. */
const maxRandomBytes = 65_536;

const typedArrayPrototype = objectGetPrototypeOf(Uint8Array.prototype) as object;

function typedArrayGetter<Result>(key: PropertyKey): (array: unknown) => Result {
  return uncurryThis(objectGetOwnPropertyDescriptor(typedArrayPrototype, key)?.get as () => Result);
}

const kindOf = typedArrayGetter<string | undefined>(Symbol.toStringTag);
const bufferOf = typedArrayGetter<ArrayBuffer>("buffer");
const byteOffsetOf = typedArrayGetter<number>("byteOffset");
const byteLengthOf = typedArrayGetter<number>("byteLength");

/** `crypto`: random values only. */
export function createCrypto(host: HostPort, chunks: Chunks): object {
  return {
    randomUUID: (): string => host.ask(GuestQuestion.RandomUuid, ""),
    getRandomValues<T>(array: T): T {
      const length = byteLengthOfIntegers(array);
      if (length > maxRandomBytes) throw quotaExceeded(chunks, length);
      if (length > 0) fill(array, length, host.ask(GuestQuestion.RandomBytes, string(length)));
      return array;
    },
    [Symbol.toStringTag]: "Crypto",
  };
}

function byteLengthOfIntegers(array: unknown): number {
  switch (kindOf(array)) {
    case undefined:
    case "Float16Array":
    case "Float32Array":
    case "Float64Array":
      throw new SafeTypeError('The "typedArray" argument must be an integer-type TypedArray.');
    default:
      return byteLengthOf(array);
  }
}

function fill(array: unknown, length: number, latin1: string): void {
  const bytes = new SafeUint8Array(bufferOf(array), byteOffsetOf(array), length);
  for (let index = 0; index < length; index++) bytes[index] = stringCharCodeAt(latin1, index);
}

function quotaExceeded(chunks: Chunks, length: number): Error {
  const { DOMException } = chunks.load("web");
  return new DOMException(
    `The requested length (${length} bytes) exceeds the limit of ${maxRandomBytes} bytes a call`,
    "QuotaExceededError",
  );
}
