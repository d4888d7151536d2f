/** What looks at whole buffers: any `Uint8Array` will do, as in Node. */
import type { Buffer } from "buffer/";
import { define } from "./define.ts";
import { outOfRange, wrongType } from "./errors.ts";

type BufferClass = typeof Buffer;

/** Most bytes of one buffer, as Node says it; what is granted depends on the function's memory. */
export const MOST_BYTES: number = Number.MAX_SAFE_INTEGER;

const BYTES = "an instance of Buffer or Uint8Array";

function requireBytes(value: unknown, name: string): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array))
    throw wrongType(`"${name}" ${name.includes(".") ? "property" : "argument"}`, BYTES, value);
}

export function requireOffset(
  value: unknown,
  name: string,
  most: number = MOST_BYTES,
): asserts value is number {
  if (typeof value !== "number") throw wrongType(`"${name}" argument`, "of type number", value);
  if (!Number.isInteger(value)) throw outOfRange(name, "an integer", value);
  if (value < 0 || value > most) throw outOfRange(name, `>= 0 && <= ${most}`, value);
}

function order(a: Uint8Array, b: Uint8Array): -1 | 0 | 1 {
  const most = Math.min(a.length, b.length);
  for (let index = 0; index < most; index++) {
    const [x, y] = [a[index] as number, b[index] as number];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

export function addWholes(target: BufferClass): void {
  define(target, "compare", function compare(a: unknown, b: unknown) {
    requireBytes(a, "buf1");
    requireBytes(b, "buf2");
    return a === b ? 0 : order(a, b);
  });
  define(target, "concat", function concat(list: unknown, length?: unknown) {
    return joined(target, list, length);
  });
  define(target.prototype, "equals", function equals(this: Buffer, other: unknown) {
    requireBytes(other, "otherBuffer");
    return this === other || (this.byteLength === other.byteLength && order(this, other) === 0);
  });
  define(
    target.prototype,
    "compare",
    function compare(
      this: Buffer,
      other: unknown,
      otherStart: unknown = 0,
      otherEnd?: unknown,
      start: unknown = 0,
      end: unknown = this.length,
    ) {
      requireBytes(other, "target");
      requireOffset(otherStart, "targetStart");
      const most = otherEnd === undefined ? other.length : otherEnd;
      requireOffset(most, "targetEnd", other.length);
      requireOffset(start, "sourceStart");
      requireOffset(end, "sourceEnd", this.length);
      if (start >= end) return otherStart >= most ? 0 : -1;
      if (otherStart >= most) return 1;
      return order(bytesOf(this, start, end), bytesOf(other, otherStart, most));
    },
  );
  define(target.prototype, "copy", copy);
}

/** Whatever a subclass says of its parts. */
function bytesOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return Uint8Array.prototype.subarray.call(bytes, start, end);
}

function joined(target: BufferClass, list: unknown, length: unknown): Buffer {
  if (!Array.isArray(list)) throw wrongType('"list" argument', "an instance of Array", list);
  if (list.length === 0) return target.alloc(0);
  const parts = list.map((part: unknown, index) => {
    requireBytes(part, `list[${index}]`);
    return part;
  });
  const size = length ?? parts.reduce((sum, part) => sum + part.length, 0);
  requireOffset(size, "length");
  const whole = target.allocUnsafe(size);
  let position = 0;
  for (const part of parts) {
    const piece = position + part.length > size ? bytesOf(part, 0, size - position) : part;
    Uint8Array.prototype.set.call(whole, piece, position);
    position += piece.length;
  }
  return whole.fill(0, position);
}

function integer(value: unknown): number {
  const number = Math.trunc(Number(value));
  return Number.isNaN(number) ? 0 : number;
}

function copy(this: Buffer, target: unknown, to?: unknown, from?: unknown, until?: unknown): number {
  requireBytes(this, "source");
  if (!ArrayBuffer.isView(target)) throw wrongType('"target" argument', BYTES, target);
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  const targetStart = to === undefined ? 0 : integer(to);
  if (targetStart < 0) throw outOfRange("targetStart", ">= 0", targetStart);
  const start = from === undefined ? 0 : integer(from);
  if (start < 0 || start > this.length) throw outOfRange("sourceStart", `>= 0 && <= ${this.length}`, start);
  const end = until === undefined ? this.length : integer(until);
  if (end < 0) throw outOfRange("sourceEnd", ">= 0", end);
  if (targetStart >= bytes.length || start >= end) return 0;
  const piece = bytesOf(this, start, Math.min(end, this.length, start + bytes.length - targetStart));
  Uint8Array.prototype.set.call(bytes, piece, targetStart);
  return piece.length;
}
