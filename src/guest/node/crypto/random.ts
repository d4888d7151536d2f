/** Random values. */
import type { Buffer } from "node:buffer";
import { GuestQuestion } from "../../contract.ts";
import { viewOf } from "../../chunks/crypto/bytes.ts";
import { checkFunction, checkInteger, invalidType, outOfRange, withCode } from "./checks.ts";
import type { Context } from "./context.ts";

/** The most that the cell gives at once. */
const PIECE = 65_536;

const MAX_SIZE = 2_147_483_647;

/** The widest range of `randomInt`. */
const MAX_RANGE = 2 ** 48;

/** Six bytes hold that range. */
const INTEGER_BYTES = 6;

export function createRandom(context: Context): Record<string, unknown> {
  const { Buffer, parts } = context;

  function fill(target: Uint8Array): void {
    for (let at = 0; at < target.length; at += PIECE) {
      const text = parts.host.ask(GuestQuestion.RandomBytes, String(Math.min(PIECE, target.length - at)));
      for (let index = 0; index < text.length; index++) target[at + index] = text.charCodeAt(index);
    }
  }

  function later(callback: unknown, value: unknown): void {
    checkFunction(callback);
    parts.timers.setImmediate(() => callback(null, value));
  }

  function randomBytes(size: unknown, callback?: unknown): Buffer | undefined {
    checkInteger(size, "size", 0, MAX_SIZE);
    if (callback !== undefined) checkFunction(callback);
    const bytes = Buffer.alloc(size);
    fill(bytes);
    if (callback === undefined) return bytes;
    later(callback, bytes);
    return undefined;
  }

  function randomFillSync(buffer: unknown, offset: unknown = 0, size?: unknown): unknown {
    const view = viewOf(buffer);
    if (!view) throw invalidType("buf", "an instance of ArrayBuffer or ArrayBufferView", buffer);
    const width = (buffer as { readonly BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
    checkInteger(offset, "offset", 0, view.length / width);
    const count = size ?? view.length / width - offset;
    checkInteger(count, "size", 0, MAX_SIZE);
    if (offset + count > view.length / width)
      throw outOfRange("size + offset", `<= ${view.length / width}`, offset + count);
    fill(view.subarray(offset * width, (offset + count) * width));
    return buffer;
  }

  function randomFill(buffer: unknown, ...rest: readonly unknown[]): void {
    const callback = rest[rest.length - 1];
    checkFunction(callback);
    const [offset, size] = rest.slice(0, -1);
    later(callback, randomFillSync(buffer, offset, size));
  }

  function randomInt(...args: readonly unknown[]): number | undefined {
    const isOne = args[1] === undefined || typeof args[1] === "function";
    const [lowest, highest, callback] = isOne ? [0, args[0], args[1]] : args;
    for (const [name, value] of [
      ["min", lowest],
      ["max", highest],
    ] as const) {
      if (!Number.isSafeInteger(value)) throw invalidType(name, "a safe integer", value);
    }
    const [from, to] = [lowest as number, highest as number];
    if (to <= from) throw outOfRange("max", `greater than the value of "min" (${from})`, to);
    const range = to - from;
    if (range >= MAX_RANGE) throw outOfRange(isOne ? "max" : "max - min", `<= ${MAX_RANGE - 1}`, range);
    if (callback !== undefined) checkFunction(callback);
    const value = from + below(range);
    if (callback === undefined) return value;
    later(callback, value);
    return undefined;
  }

  /** Draws anew what lies beyond the last whole multiple of `range`, so that every value is as likely. */
  function below(range: number): number {
    const limit = MAX_RANGE - (MAX_RANGE % range);
    const bytes = Buffer.alloc(INTEGER_BYTES);
    for (;;) {
      fill(bytes);
      const drawn = bytes.readUIntBE(0, INTEGER_BYTES);
      if (drawn < limit) return drawn % range;
    }
  }

  return {
    randomBytes,
    pseudoRandomBytes: randomBytes,
    prng: randomBytes,
    rng: randomBytes,
    randomFill,
    randomFillSync,
    randomInt,
    randomUUID: (_options?: unknown) => parts.host.ask(GuestQuestion.RandomUuid, ""),
    timingSafeEqual,
  };
}

function timingSafeEqual(one: unknown, other: unknown): boolean {
  const left = viewOf(one);
  const right = viewOf(other);
  if (!left) throw invalidType("buf1", "an instance of ArrayBuffer, Buffer, TypedArray, or DataView", one);
  if (!right) throw invalidType("buf2", "an instance of ArrayBuffer, Buffer, TypedArray, or DataView", other);
  if (left.length !== right.length) {
    throw withCode(
      new RangeError("Input buffers must have the same byte length"),
      "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH",
    );
  }
  let difference = 0;
  for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  return difference === 0;
}
