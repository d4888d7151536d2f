/** `indexOf`, `lastIndexOf` and `includes`, which take any bytes and find empty ones. */
import type { Buffer } from "buffer/";
import { define } from "./define.ts";
import { unknownEncoding, wrongType } from "./errors.ts";

const UTF16 = /^(?:ucs-?2|utf-?16le)$/i;

export function addSearch(target: typeof Buffer): void {
  const methods = {
    indexOf(this: Uint8Array, ...args: unknown[]): number {
      return search(target, this, args, true);
    },
    lastIndexOf(this: Uint8Array, ...args: unknown[]): number {
      return search(target, this, args, false);
    },
    includes(this: Uint8Array, ...args: unknown[]): boolean {
      return search(target, this, args, true) !== -1;
    },
  };
  for (const [name, method] of Object.entries(methods)) define(target.prototype, name, method);
}

function search(
  target: typeof Buffer,
  bytes: Uint8Array,
  [value, from, named]: readonly unknown[],
  isForward: boolean,
): number {
  const encoding = typeof from === "string" ? from : named;
  const given = typeof from === "string" ? Number.NaN : Number(from);
  const offset = Number.isNaN(given) ? (isForward ? 0 : bytes.length) : Math.trunc(clamped(given));
  if (typeof value === "number")
    return find(bytes, Uint8Array.of(Math.trunc(value) & 0xff), offset, isForward, 1);
  const step = typeof encoding === "string" && UTF16.test(encoding) ? 2 : 1;
  if (typeof value === "string") {
    if (encoding !== undefined && !target.isEncoding(encoding as string)) throw unknownEncoding(encoding);
    return find(bytes, target.from(value, encoding as "utf8"), offset, isForward, step);
  }
  if (value instanceof Uint8Array) return find(bytes, value, offset, isForward, step);
  throw wrongType(
    '"value" argument',
    "one of type number or string or an instance of Buffer or Uint8Array",
    value,
  );
}

function clamped(offset: number): number {
  return Math.max(-0x8000_0000, Math.min(offset, 0x7fff_ffff));
}

function find(
  bytes: Uint8Array,
  wanted: Uint8Array,
  offset: number,
  isForward: boolean,
  step: 1 | 2,
): number {
  const start = startOf(bytes.length, offset, wanted.length, isForward);
  if (wanted.length === 0) return start;
  if (start < 0 || bytes.length < step || wanted.length > bytes.length || wanted.length < step) return -1;
  const last = bytes.length - wanted.length;
  if (isForward) {
    for (let at = start - (start % step); at <= last; at += step) {
      if (step === 1) {
        at = Uint8Array.prototype.indexOf.call(bytes, wanted[0] as number, at);
        if (at < 0 || at > last) return -1;
      }
      if (isAt(bytes, wanted, at)) return at;
    }
    return -1;
  }
  const first = Math.min(start, last);
  for (let at = first - (first % step); at >= 0; at -= step) if (isAt(bytes, wanted, at)) return at;
  return -1;
}

/** Where the search begins; -1 for nowhere. */
function startOf(length: number, offset: number, wanted: number, isForward: boolean): number {
  if (offset < 0) {
    if (offset + length >= 0) return length + offset;
    return isForward || wanted === 0 ? 0 : -1;
  }
  if (offset + wanted <= length) return offset;
  if (wanted === 0) return length;
  return isForward ? -1 : length - 1;
}

function isAt(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  for (let index = 0; index < wanted.length; index++) {
    if (bytes[at + index] !== wanted[index]) return false;
  }
  return true;
}
