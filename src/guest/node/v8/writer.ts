/** Writes values in V8's format for structured clones, version 15, as `v8.serialize` does. */
import { nodeError } from "../shared/errors.ts";

/** Typed arrays as Node numbers them. */
export const VIEWS: readonly string[] = [
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "DataView",
  "FastBuffer",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
];

export const VERSION = 15;

/** Letters that errors' classes have. */
export const ERRORS: Readonly<Record<string, string>> = {
  EvalError: "E",
  RangeError: "R",
  ReferenceError: "F",
  SyntaxError: "S",
  TypeError: "T",
  URIError: "U",
};

const FLAGS = "gimyusdv";
const TOO_DEEP = 5000;

export class Writer {
  #bytes: Buffer = Buffer.alloc(256);
  #length = 0;
  #depth = 0;
  readonly #known = new Map<object, number>();

  writeHeader(): void {
    this.#byte(0xff);
    this.#byte(VERSION);
  }

  writeValue(value: unknown): boolean {
    this.#value(value);
    return true;
  }

  releaseBuffer(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  writeUint32(value: number): void {
    this.#varint(value);
  }

  writeUint64(high: number, low: number): void {
    this.#bigVarint((BigInt(high) << 32n) | BigInt(low >>> 0));
  }

  writeDouble(value: number): void {
    this.#room(8);
    this.#bytes.writeDoubleLE(value, this.#length);
    this.#length += 8;
  }

  writeRawBytes(bytes: ArrayBufferView): void {
    this.#room(bytes.byteLength);
    this.#bytes.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), this.#length);
    this.#length += bytes.byteLength;
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + size));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  #byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  #tag(letter: string): void {
    this.#byte(letter.charCodeAt(0));
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#byte(rest);
  }

  #bigVarint(value: bigint): void {
    let rest = value;
    while (rest > 0x7fn) {
      this.#byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#byte(Number(rest));
  }

  #value(value: unknown): void {
    if (value === undefined) this.#tag("_");
    else if (value === null) this.#tag("0");
    else if (typeof value === "boolean") this.#tag(value ? "T" : "F");
    else if (typeof value === "number") this.#number(value);
    else if (typeof value === "bigint") {
      this.#tag("Z");
      this.#bigint(value);
    } else if (typeof value === "string") this.#string(value);
    else if (typeof value === "object") {
      if (this.#known.has(value)) this.#reference(value);
      else this.#object(value);
    } else throw cannotClone(value);
  }

  #number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 30 && !Object.is(value, -0)) {
      this.#tag("I");
      this.#varint(((value << 1) ^ (value >> 31)) >>> 0);
    } else {
      this.#tag("N");
      this.writeDouble(value);
    }
  }

  #bigint(value: bigint): void {
    let rest = value < 0n ? -value : value;
    const digits: number[] = [];
    while (rest > 0n) {
      digits.push(Number(rest & 0xffn));
      rest >>= 8n;
    }
    while (digits.length % 8 !== 0) digits.push(0);
    this.#varint((digits.length << 1) | (value < 0n ? 1 : 0));
    this.writeRawBytes(Uint8Array.from(digits));
  }

  #string(text: string): void {
    let isLatin = true;
    for (let index = 0; isLatin && index < text.length; index++) isLatin = text.charCodeAt(index) <= 0xff;
    const bytes = Buffer.from(text, isLatin ? "latin1" : "utf16le");
    // Two-byte characters are written where they are aligned.
    if (!isLatin && (this.#length + 1 + varintLength(bytes.length)) % 2 === 1) this.#byte(0);
    this.#tag(isLatin ? '"' : "c");
    this.#varint(bytes.length);
    this.writeRawBytes(bytes);
  }

  #reference(value: object): void {
    this.#tag("^");
    this.#varint(this.#known.get(value) ?? 0);
  }

  #object(value: object): void {
    this.#known.set(value, this.#known.size);
    if (++this.#depth > TOO_DEEP) throw new RangeError("Maximum call stack size exceeded");
    if (Array.isArray(value)) this.#array(value);
    else if (ArrayBuffer.isView(value)) this.#view(value);
    else if (value instanceof ArrayBuffer) {
      this.#tag("B");
      this.#varint(value.byteLength);
      this.writeRawBytes(new Uint8Array(value));
    } else if (value instanceof Map) this.#map(value);
    else if (value instanceof Set) this.#set(value);
    else if (value instanceof Date) {
      this.#tag("D");
      this.writeDouble(value.getTime());
    } else if (value instanceof RegExp) {
      this.#tag("R");
      this.#string(value.source);
      this.#varint(Array.from(value.flags).reduce((sum, flag) => sum | (1 << FLAGS.indexOf(flag)), 0));
    } else if (value instanceof Error) this.#error(value);
    else if (value instanceof Boolean) this.#tag(value.valueOf() ? "y" : "x");
    else if (value instanceof Number) {
      this.#tag("n");
      this.writeDouble(value.valueOf());
    } else if (value instanceof BigInt) {
      this.#tag("z");
      this.#bigint((value as { valueOf(): bigint }).valueOf());
    } else if (value instanceof String) {
      this.#tag("s");
      this.#string(value.valueOf());
    } else if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet)
      throw cannotClone(value);
    else this.#plain(value);
    this.#depth--;
  }

  #plain(value: object): void {
    this.#tag("o");
    const count = this.#properties(value, Object.keys(value));
    this.#tag("{");
    this.#varint(count);
  }

  #properties(value: object, keys: readonly string[]): number {
    let count = 0;
    for (const key of keys) {
      // A getter may have taken it away meanwhile.
      if (!Object.hasOwn(value, key)) continue;
      const index = Number(key);
      if (String(index >>> 0) === key && index < 2 ** 32 - 1) this.#number(index);
      else this.#string(key);
      this.#value(Reflect.get(value, key));
      count++;
    }
    return count;
  }

  #array(value: readonly unknown[]): void {
    const { length } = value;
    const keys = Object.keys(value);
    const isDense = keys.length >= length && (length === 0 || keys[length - 1] === String(length - 1));
    this.#tag(isDense ? "A" : "a");
    this.#varint(length);
    if (isDense) for (let index = 0; index < length; index++) this.#value(value[index]);
    const count = this.#properties(value, isDense ? keys.slice(length) : keys);
    this.#tag(isDense ? "$" : "@");
    this.#varint(count);
    this.#varint(length);
  }

  /** Node writes them as objects of its own. */
  #view(value: ArrayBufferView): void {
    const name = Buffer.isBuffer(value) ? "FastBuffer" : value.constructor.name;
    const index = VIEWS.indexOf(name);
    if (index < 0) throw cannotClone(value);
    this.#tag("\\");
    this.#varint(index);
    this.#varint(value.byteLength);
    this.writeRawBytes(value);
  }

  #map(value: ReadonlyMap<unknown, unknown>): void {
    this.#tag(";");
    for (const [key, item] of [...value]) {
      this.#value(key);
      this.#value(item);
    }
    this.#tag(":");
    this.#varint(value.size * 2);
  }

  #set(value: ReadonlySet<unknown>): void {
    this.#tag("'");
    for (const item of [...value]) this.#value(item);
    this.#tag(",");
    this.#varint(value.size);
  }

  #error(value: Error): void {
    this.#tag("r");
    const letter = ERRORS[value.name];
    if (letter !== undefined) this.#tag(letter);
    if (Object.hasOwn(value, "message")) {
      this.#tag("m");
      this.#string(value.message);
    }
    if (Object.hasOwn(value, "cause")) {
      this.#tag("c");
      this.#value(value.cause);
    }
    if (typeof value.stack === "string") {
      this.#tag("s");
      this.#string(value.stack);
    }
    this.#tag(".");
  }
}

function varintLength(value: number): number {
  return value < 0x80 ? 1 : Math.floor(Math.log2(value) / 7) + 1;
}

function cannotClone(value: unknown): Error {
  const text = typeof value === "function" || typeof value === "symbol" ? String(value) : "#<Object>";
  const error = nodeError(Error, "ERR_CONSTRUCT_CALL_INVALID", `${text} could not be cloned.`, cannotClone);
  const { DOMException } = globalThis;
  return typeof DOMException === "function" ? new DOMException(error.message, "DataCloneError") : error;
}
