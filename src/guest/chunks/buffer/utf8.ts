import { utf8toStringLoose } from "@exodus/bytes/utf8.js";
import type { Buffer } from "buffer/";

/** The library writes one U+FFFD for each byte of a broken sequence, and is slow. */
export function decodeUtf8ByStandard(target: typeof Buffer): void {
  const { toString } = target.prototype;
  Object.assign(target.prototype, {
    toString(this: Buffer, encoding?: unknown, start?: number, end?: number): string {
      return isUtf8(encoding)
        ? utf8toStringLoose(bytesOf(this, start, end))
        : (Reflect.apply(toString, this, [encoding, start, end]) as string);
    },
  });
}

function isUtf8(encoding: unknown): boolean {
  return encoding === undefined || (typeof encoding === "string" && /^utf-?8$/i.test(encoding));
}

/** Unlike `subarray`, takes a negative position for 0. */
function bytesOf(buffer: Uint8Array, start = 0, end: number = buffer.length): Uint8Array {
  return Uint8Array.prototype.subarray.call(buffer, Math.max(0, start), Math.max(0, end));
}
