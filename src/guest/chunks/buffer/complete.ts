import type { Buffer } from "buffer/";
import { define, type Method } from "./define.ts";
import { invalidSize, notAText, outOfRange, unknownEncoding, withCode, wrongType } from "./errors.ts";
import { checkNumbers } from "./numbers.ts";
import { addSearch } from "./search.ts";
import { addWholes, MOST_BYTES, requireOffset } from "./whole.ts";

type BufferClass = typeof Buffer;
type Statics = Record<string, (...args: unknown[]) => unknown>;

const FIRST = "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object";

/** What Node's `Buffer` has and the library hasn't, and Node's errors. */
export function completeBuffer(target: BufferClass): void {
  addStatics(target);
  addSlices(target);
  checkSizes(target);
  checkNumbers(target.prototype as unknown as Record<string, Method>);
  checkTexts(target);
  addCodes(target as unknown as Record<string, Method>, ["from", "byteLength"]);
  addCodes(target.prototype as unknown as Record<string, Method>, ["fill"]);
  addWholes(target);
  addSearch(target);
}

/** The library's other errors get the codes that Node's have. */
function addCodes(owner: Record<string, Method>, names: readonly string[]): void {
  for (const name of names) {
    const original = owner[name] as Method;
    define(owner, name, function (this: Buffer, ...args: unknown[]) {
      try {
        return Reflect.apply(original, this, args);
      } catch (error) {
        throw withCode(error);
      }
    });
  }
}

function addStatics(target: BufferClass): void {
  const statics: Statics = {
    of: (...items) => target.from(items as number[]),
    copyBytesFrom(view, offset = 0, length) {
      if (!ArrayBuffer.isView(view) || view instanceof DataView) {
        throw wrongType('"view" argument', "an instance of TypedArray", view);
      }
      const { length: most } = view as Uint8Array;
      const start = integer("offset", offset);
      const end = length === undefined ? most : Math.min(most, start + integer("length", length));
      const part = (view as Uint8Array).slice(start, Math.max(start, end));
      return target.from(part.buffer, part.byteOffset, part.byteLength);
    },
  };
  for (const [name, value] of Object.entries(statics)) define(target, name, value);
}

function integer(name: string, value: unknown): number {
  if (typeof value !== "number") throw wrongType(`"${name}" argument`, "of type number", value);
  if (!Number.isInteger(value)) throw outOfRange(name, "an integer", value);
  if (value < 0) throw outOfRange(name, ">= 0", value);
  return value;
}

/** Such as `utf8Slice` and `latin1Write`, which codecs use for speed. */
function addSlices({ prototype }: BufferClass): void {
  const { toString, write } = prototype;
  for (const encoding of ["ascii", "base64", "base64url", "hex", "latin1", "ucs2", "utf8"]) {
    define(prototype, `${encoding}Slice`, function (this: Buffer, start?: number, end?: number) {
      return toString.call(this, encoding, start, end);
    });
    define(
      prototype,
      `${encoding}Write`,
      function (this: Buffer, text: string, offset = 0, length = this.length) {
        return write.call(this, text, offset, Math.min(length, this.length - offset), encoding);
      },
    );
  }
  const methods = prototype as unknown as Record<string, Method>;
  for (const verb of ["read", "write"]) {
    for (const end of ["LE", "BE"])
      define(prototype, `${verb}BigUint64${end}`, methods[`${verb}BigUInt64${end}`]);
  }
}

/** These are called with `new`, too: `cbor-x` and `msgpackr` do. */
function checkSizes(target: BufferClass): void {
  const statics = target as unknown as Statics;
  for (const name of ["alloc", "allocUnsafe", "allocUnsafeSlow"]) {
    const make = statics[name] as Statics[string];
    define(target, name, function (size: unknown, ...rest: unknown[]) {
      if (typeof size !== "number") throw wrongType('"size" argument', "of type number", size);
      if (!(size >= 0 && size <= MOST_BYTES)) throw outOfRange("size", `>= 0 && <= ${MOST_BYTES}`, size);
      return make.call(target, size, ...rest);
    });
  }
  const { from } = statics;
  define(target, "from", function (value: unknown, ...rest: unknown[]) {
    if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean")
      throw wrongType("first argument", FIRST, value);
    return from?.call(target, value, ...rest);
  });
}

function checkTexts(target: BufferClass): void {
  const { prototype } = target;
  const { toString, write, swap16, swap32, swap64 } = prototype;
  define(prototype, "toString", function (this: Buffer, encoding?: string, start?: number, end?: number) {
    if (encoding !== undefined && !target.isEncoding(encoding)) throw unknownEncoding(encoding);
    return toString.call(this, encoding, start, end);
  });
  define(
    prototype,
    "write",
    function (this: Buffer, text: unknown, offset?: unknown, length?: unknown, encoding?: unknown) {
      if (typeof text !== "string") throw notAText();
      if (length === undefined && typeof offset === "string")
        return writeText(target, write, this, text, 0, this.length, offset);
      if (offset !== undefined) requireOffset(offset, "offset", this.length);
      const rest = this.length - (offset ?? 0);
      if (typeof length === "string") return writeText(target, write, this, text, offset ?? 0, rest, length);
      if (length !== undefined) requireOffset(length, "length", this.length);
      return writeText(target, write, this, text, offset ?? 0, Math.min(length ?? rest, rest), encoding);
    },
  );
  for (const [name, original, bits] of [
    ["swap16", swap16, 16],
    ["swap32", swap32, 32],
    ["swap64", swap64, 64],
  ] as const) {
    define(prototype, name, function (this: Buffer) {
      if (this.length % (bits / 8) !== 0) throw invalidSize(bits);
      return original.call(this);
    });
  }
}

function writeText(
  target: BufferClass,
  write: Buffer["write"],
  self: Buffer,
  text: string,
  offset: number,
  length: number,
  encoding: unknown,
): number {
  if (encoding && !target.isEncoding(encoding as string)) throw unknownEncoding(encoding);
  return Reflect.apply(write, self, [text, offset, length, encoding || "utf8"]) as number;
}
