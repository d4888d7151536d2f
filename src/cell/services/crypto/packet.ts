/**
 * Values as the guest and the crypto service pass them to each other: one line of JSON, a newline, and all bytes, one
 * Latin-1 character each. In the JSON an array is a tag and what belongs to it:
 *
 * - `["b", n]` and `["v", n]`: the next `n` bytes, as a `Uint8Array` or as an `ArrayBuffer`
 * - `["l", ...]`: a list; `["u"]`: undefined; `["i", digits]`: a BigInt; `["n", text]`: a number that JSON lacks
 * - `["k", type, n, kind?, details?]`: a KeyObject of these `n` bytes: raw, SPKI or PKCS #8
 * - `["c", type, algorithm, extractable, usages, n]`: a CryptoKey
 *
 * Everything else stands for itself. Keys are values: the cell keeps none for the guest, and so can run out of none.
 */
import { KeyObject } from "node:crypto";
import type { webcrypto } from "node:crypto";
import { ServiceError } from "../service.ts";
import { cryptoKeyOf, keyBytes, keyObjectOf, recordOf } from "./key-values.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Most bytes that go in or out at once. */
export const MAX_BYTES = 67_108_864;

const MAX_HEAD = 4_194_304;
const MAX_DEPTH = 12;

export function unpack(text: string): unknown[] {
  const cut = text.indexOf("\n");
  if (cut < 0 || cut > MAX_HEAD) throw malformed();
  if (text.length - cut > MAX_BYTES + 1) throw tooLarge("an argument", MAX_BYTES);
  const reader = new Reader(Buffer.from(text.slice(cut + 1), "latin1"));
  const value = reader.read(JSON.parse(text.slice(0, cut)), 0);
  if (!Array.isArray(value)) throw malformed();
  return value as unknown[];
}

export function pack(value: unknown): string {
  const parts: string[] = [];
  const head = JSON.stringify(write(value, parts));
  return `${head}\n${parts.join("")}`;
}

function tooLarge(what: string, limit: number, unit = "bytes"): ServiceError {
  return new ServiceError(
    "RangeError",
    `This runtime's limit for ${what} is ${limit} ${unit}.`,
    "ERR_OUT_OF_RANGE",
  );
}

function malformed(): ServiceError {
  return new ServiceError("TypeError", "The arguments could not be read.", "ERR_INVALID_ARG_VALUE");
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (depth > MAX_DEPTH) throw malformed();
    if (Array.isArray(value)) return this.#tagged(value, depth);
    // Without a prototype, so that no name means anything but itself.
    const fields = Object.create(null) as Record<string, unknown>;
    for (const [name, field] of Object.entries(value)) fields[name] = this.read(field, depth + 1);
    return fields;
  }

  #tagged([tag, ...rest]: readonly unknown[], depth: number): unknown {
    const [first, second] = rest;
    switch (tag) {
      case "b":
        return this.#take(first);
      case "v":
        return new Uint8Array(this.#take(first)).buffer;
      case "l":
        return rest.map((item) => this.read(item, depth + 1));
      case "u":
        return undefined;
      case "i":
        return bigIntOf(first);
      case "n":
        return Number(first);
      case "k":
        return keyObjectOf(first, this.#take(second));
      case "c":
        return this.#cryptoKey(rest, depth);
      default:
        throw malformed();
    }
  }

  #cryptoKey(
    [type, algorithm, extractable, usages, length]: readonly unknown[],
    depth: number,
  ): webcrypto.CryptoKey {
    return cryptoKeyOf({
      type,
      algorithm: this.read(algorithm, depth + 1),
      extractable: extractable === true,
      usages: this.read(usages, depth + 1),
      bytes: this.#take(length),
    });
  }

  #take(length: unknown): Buffer {
    if (!Number.isSafeInteger(length)) throw malformed();
    const end = this.#at + (length as number);
    if (end < this.#at || end > this.#bytes.length) throw malformed();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function bigIntOf(digits: unknown): bigint {
  if (typeof digits !== "string" || digits.length > 10_000 || !/^-?\d+$/.test(digits)) throw malformed();
  return BigInt(digits);
}

function write(value: unknown, parts: string[]): unknown {
  switch (typeof value) {
    case "undefined":
      return ["u"];
    case "bigint":
      return ["i", String(value)];
    case "number":
      return Number.isFinite(value) ? value : ["n", String(value)];
    case "string":
    case "boolean":
      return value;
    case "object":
      return value === null ? null : writeObject(value, parts);
    default:
      return ["u"];
  }
}

function writeObject(value: object, parts: string[]): unknown {
  if (ArrayBuffer.isView(value)) {
    return ["b", append(Buffer.from(value.buffer, value.byteOffset, value.byteLength), parts)];
  }
  if (value instanceof ArrayBuffer) return ["v", append(Buffer.from(value), parts)];
  if (Array.isArray(value)) return ["l", ...value.map((item: unknown) => write(item, parts))];
  if (value instanceof KeyObject) return writeKeyObject(value, parts);
  if (value instanceof CryptoKey) return writeCryptoKey(value, parts);
  const fields: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) fields[name] = write(field, parts);
  return fields;
}

function writeKeyObject(key: KeyObject, parts: string[]): unknown {
  const length = append(keyBytes(key), parts);
  const { type, asymmetricKeyType, asymmetricKeyDetails } = key;
  return ["k", type, length, write(asymmetricKeyType, parts), write(asymmetricKeyDetails, parts)];
}

function writeCryptoKey(key: webcrypto.CryptoKey, parts: string[]): unknown {
  const { type, algorithm, extractable, usages, bytes } = recordOf(key);
  const head = ["c", type, write(algorithm, parts), extractable, write(usages, parts)];
  return [...head, append(bytes, parts)];
}

function append(bytes: Buffer, parts: string[]): number {
  parts.push(bytes.toString("latin1"));
  return bytes.length;
}
