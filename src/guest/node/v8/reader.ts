/** Reads what `v8.serialize` writes. */
import { ERRORS, VERSION, VIEWS } from "./writer.ts";

const FLAGS = "gimyusdv";

type ViewClass = (new (buffer: ArrayBuffer) => object) & { readonly BYTES_PER_ELEMENT?: number };

export class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  readonly #known: object[] = [];

  constructor(bytes: ArrayBufferView) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  readHeader(): boolean {
    if (this.#byte() !== 0xff || this.#byte() > VERSION) throw unreadable();
    return true;
  }

  readValue(): unknown {
    return this.#value();
  }

  readUint32(): number {
    return this.#varint();
  }

  readUint64(): [number, number] {
    let value = 0n;
    for (let shift = 0n, byte = 0x80; byte & 0x80; shift += 7n) {
      byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
    }
    return [Number(value >> 32n), Number(value & 0xffff_ffffn)];
  }

  readDouble(): number {
    return this.readRawBytes(8).readDoubleLE(0);
  }

  readRawBytes(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw unreadable();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  getWireFormatVersion(): number {
    return VERSION;
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) throw unreadable();
    return this.#bytes[this.#at++] ?? 0;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1, byte = 0x80; byte & 0x80; scale *= 0x80) {
      byte = this.#byte();
      value += (byte & 0x7f) * scale;
    }
    return value;
  }

  #tag(): string {
    let byte = this.#byte();
    // Padding.
    while (byte === 0) byte = this.#byte();
    return String.fromCharCode(byte);
  }

  #value(): unknown {
    const tag = this.#tag();
    switch (tag) {
      case "_":
        return undefined;
      case "0":
        return null;
      case "T":
      case "F":
        return tag === "T";
      case "I": {
        const value = this.#varint();
        return (value >>> 1) ^ -(value & 1);
      }
      case "U":
        return this.#varint();
      case "N":
        return this.readDouble();
      case "Z":
        return this.#bigint();
      case '"':
      case "c":
      case "S":
        return this.#text(tag);
      case "^":
        return this.#known[this.#varint()];
      default:
        return this.#object(tag);
    }
  }

  #text(tag: string): string {
    const encoding = tag === '"' ? "latin1" : tag === "c" ? "utf16le" : "utf8";
    return this.readRawBytes(this.#varint()).toString(encoding);
  }

  #bigint(): bigint {
    const bits = this.#varint();
    const bytes = this.readRawBytes(bits >>> 1);
    const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return bits & 1 ? -value : value;
  }

  #keep<T extends object>(value: T): T {
    this.#known.push(value);
    return value;
  }

  #object(tag: string): unknown {
    switch (tag) {
      case "o":
        return this.#properties(this.#keep({}), "{");
      case "A":
        return this.#dense();
      case "a": {
        const list: unknown[] = this.#keep([]);
        list.length = this.#varint();
        return this.#properties(list, "@");
      }
      case ";":
        return this.#map();
      case "'":
        return this.#set();
      case "D":
        return this.#keep(new Date(this.readDouble()));
      case "R":
        return this.#regExp();
      case "B":
        return this.#keep(arrayBufferOf(this.readRawBytes(this.#varint())));
      case "\\":
        return this.#view();
      case "r":
        return this.#error();
      default:
        return this.#keep(this.#box(tag));
    }
  }

  #box(tag: string): object {
    if (tag === "y" || tag === "x") return Object(tag === "y") as object;
    if (tag === "n") return Object(this.readDouble()) as object;
    if (tag === "z") return Object(this.#bigint()) as object;
    if (tag === "s") return Object(this.#text(this.#tag())) as object;
    throw unreadable();
  }

  #properties<T extends object>(target: T, end: string): T {
    while (!this.#ends(end)) {
      const key = this.#value() as string;
      Object.defineProperty(target, key, {
        value: this.#value(),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    this.#varint();
    if (end !== "{") this.#varint();
    return target;
  }

  /** Whether `end` comes next; it is taken then. */
  #ends(end: string): boolean {
    while (this.#bytes[this.#at] === 0) this.#at++;
    if (this.#bytes[this.#at] !== end.charCodeAt(0)) return false;
    this.#at++;
    return true;
  }

  #dense(): unknown[] {
    const list: unknown[] = this.#keep([]);
    const length = this.#varint();
    for (let index = 0; index < length; index++) {
      // A hole.
      if (this.#ends("-")) list.length = index + 1;
      else list[index] = this.#value();
    }
    return this.#properties(list, "$");
  }

  #map(): Map<unknown, unknown> {
    const map = this.#keep(new Map<unknown, unknown>());
    while (!this.#ends(":")) map.set(this.#value(), this.#value());
    this.#varint();
    return map;
  }

  #set(): Set<unknown> {
    const set = this.#keep(new Set<unknown>());
    while (!this.#ends(",")) set.add(this.#value());
    this.#varint();
    return set;
  }

  #regExp(): RegExp {
    const source = this.#text(this.#tag());
    const bits = this.#varint();
    return this.#keep(
      new RegExp(
        source,
        FLAGS.replace(/./g, (flag, index: number) => (bits & (1 << index) ? flag : "")),
      ),
    );
  }

  #view(): object {
    const name = VIEWS[this.#varint()] ?? "";
    const bytes = this.readRawBytes(this.#varint());
    if (name === "FastBuffer") return this.#keep(Buffer.from(bytes));
    const View: unknown = Reflect.get(globalThis, name);
    if (typeof View !== "function") throw unreadable();
    return this.#keep(new (View as ViewClass)(arrayBufferOf(bytes)));
  }

  #error(): Error {
    const place = this.#known.push({}) - 1;
    let Class: ErrorConstructor = Error;
    const fields: Record<string, unknown> = {};
    for (let tag = this.#tag(); tag !== "."; tag = this.#tag()) {
      const name = Object.keys(ERRORS).find((key) => ERRORS[key] === tag);
      if (name !== undefined) Class = Reflect.get(globalThis, name) as ErrorConstructor;
      else if (tag === "m") fields["message"] = this.#value();
      else if (tag === "c") fields["cause"] = this.#value();
      else if (tag === "s") fields["stack"] = this.#value();
      else throw unreadable();
    }
    const error = new Class();
    for (const [name, value] of Object.entries(fields)) {
      Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
    }
    this.#known[place] = error;
    return error;
  }
}

function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

function unreadable(): Error {
  return new Error("Unable to deserialize cloned data.");
}
