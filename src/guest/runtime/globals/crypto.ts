import { GuestQuestion } from "../../contract.ts";
import type { Calls } from "../calls.ts";
import type { HostPort } from "../host.ts";
import {
  objectDefineProperty,
  objectGetOwnPropertyDescriptor,
  objectGetPrototypeOf,
  record,
  SafeTypeError,
  SafeUint8Array,
  string,
  stringCharCodeAt,
  uncurryThis,
} from "../primordials.ts";
import type { Chunks } from "./chunks.ts";
import { withCode } from "./errors.ts";

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

/** `crypto` and the interfaces it is of; those of `subtle` load when they are first read. */
export interface WebCrypto {
  readonly crypto: object;
  readonly Crypto: unknown;
  readonly SubtleCrypto: () => unknown;
  readonly CryptoKey: () => unknown;
}

export function createCrypto(host: HostPort, chunks: Chunks, calls: Calls): WebCrypto {
  let subtle: { readonly subtle: object; readonly SubtleCrypto: unknown } | undefined;
  const load = (): { readonly subtle: object; readonly SubtleCrypto: unknown } => {
    const { DOMException } = chunks.load("web");
    return (subtle ??= chunks.load("web-crypto").createSubtle({ calls, DOMException }));
  };
  const token = Symbol("Crypto");

  class Crypto {
    constructor(...[from]: readonly unknown[]) {
      if (from !== token) throw withCode(new SafeTypeError("Illegal constructor"), "ERR_ILLEGAL_CONSTRUCTOR");
    }

    get subtle(): object {
      check(this);
      return load().subtle;
    }

    getRandomValues<T>(array: T): T {
      check(this);
      const length = byteLengthOfIntegers(array, chunks);
      if (length > maxRandomBytes) throw quotaExceeded(chunks, length);
      if (length > 0) fill(array, length, host.ask(GuestQuestion.RandomBytes, string(length)));
      return array;
    }

    randomUUID(): string {
      check(this);
      return host.ask(GuestQuestion.RandomUuid, "");
    }
  }

  const made = new Crypto(token);
  const check = (value: unknown): void => {
    if (value !== made)
      throw withCode(new SafeTypeError('Value of "this" must be of type Crypto'), "ERR_INVALID_THIS");
  };
  enumerate(Crypto.prototype, "subtle");
  enumerate(Crypto.prototype, "getRandomValues");
  enumerate(Crypto.prototype, "randomUUID");
  objectDefineProperty(Crypto.prototype, Symbol.toStringTag, record({ value: "Crypto", configurable: true }));
  return {
    crypto: made,
    Crypto,
    SubtleCrypto: () => load().SubtleCrypto,
    CryptoKey: () => chunks.load("web-crypto").CryptoKey,
  };
}

function enumerate(prototype: object, name: string): void {
  objectDefineProperty(prototype, name, record({ enumerable: true }));
}

function byteLengthOfIntegers(array: unknown, chunks: Chunks): number {
  switch (ArrayBuffer.isView(array) ? (kindOf(array) ?? "DataView") : undefined) {
    case undefined:
      throw withCode(
        new SafeTypeError('The "typedArray" argument must be an integer-type TypedArray.'),
        "ERR_INVALID_ARG_TYPE",
      );
    case "DataView":
    case "Float16Array":
    case "Float32Array":
    case "Float64Array": {
      const { DOMException } = chunks.load("web");
      throw new DOMException("The data argument must be an integer-type TypedArray", "TypeMismatchError");
    }
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
