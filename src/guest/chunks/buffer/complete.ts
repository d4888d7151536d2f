import type { Buffer } from "buffer/";
import { invalidSize, outOfBounds, outOfRange, unknownEncoding, withCode, wrongType } from "./errors.ts";

type BufferClass = typeof Buffer;
type Method = (this: Buffer, ...args: unknown[]) => unknown;
type Statics = Record<string, (...args: unknown[]) => unknown>;

/** Most bytes of one buffer, as Node says it; what is granted depends on the function's memory. */
const MOST_BYTES = Number.MAX_SAFE_INTEGER;

const FIRST = "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object";

/** What Node's `Buffer` has and the library hasn't, and Node's errors. */
export function completeBuffer(target: BufferClass): void {
  addStatics(target);
  addSlices(target);
  checkSizes(target);
  checkNumbers(target.prototype as unknown as Record<string, Method>);
  checkTexts(target);
  addCodes(target as unknown as Record<string, Method>, ["from", "concat", "compare", "byteLength"]);
  addCodes(target.prototype as unknown as Record<string, Method>, [
    "equals",
    "compare",
    "copy",
    "fill",
    "indexOf",
  ]);
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

function define(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: true, enumerable: false, configurable: true });
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

function checkSizes(target: BufferClass): void {
  const statics = target as unknown as Statics;
  for (const name of ["alloc", "allocUnsafe", "allocUnsafeSlow"]) {
    const make = statics[name] as Statics[string];
    define(target, name, (size: unknown, ...rest: unknown[]) => {
      if (typeof size !== "number") throw wrongType('"size" argument', "of type number", size);
      if (!(size >= 0 && size <= MOST_BYTES)) throw outOfRange("size", `>= 0 && <= ${MOST_BYTES}`, size);
      return make.call(target, size, ...rest);
    });
  }
  const { from } = statics;
  define(target, "from", (value: unknown, ...rest: unknown[]) => {
    if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean")
      throw wrongType("first argument", FIRST, value);
    return from?.call(target, value, ...rest);
  });
}

const NUMBER = /^(?:read|write)(?:(?:U?[Ii]nt|Float|Double|BigU?[Ii]nt)(8|16|32|64)?)(?:LE|BE)?$/;
const SIZES: Readonly<Record<string, number>> = { Float: 4, Double: 8 };

/** Offsets are checked as Node checks them. */
function checkNumbers(methods: Record<string, Method>): void {
  for (const name of Object.getOwnPropertyNames(methods)) {
    const match = NUMBER.exec(name);
    if (!match) continue;
    const size =
      match[1] === undefined
        ? (SIZES[name.replace(/^(?:read|write)|[LB]E$/g, "")] ?? 1)
        : Number(match[1]) / 8;
    const original = methods[name] as Method;
    define(
      methods,
      name,
      name.startsWith("read")
        ? function (this: Buffer, offset: unknown = 0) {
            if (!isPlace(offset, size, this.length)) throw badOffset(offset, size, this.length);
            return original.call(this, offset);
          }
        : function (this: Buffer, value: unknown, offset: unknown = 0) {
            if (!isPlace(offset, size, this.length)) throw badOffset(offset, size, this.length);
            try {
              return original.call(this, value, offset);
            } catch (error) {
              throw error instanceof RangeError
                ? outOfRange("value", "within the range of its type", value)
                : error;
            }
          },
    );
  }
}

function isPlace(offset: unknown, size: number, length: number): boolean {
  return Number.isInteger(offset) && (offset as number) >= 0 && (offset as number) + size <= length;
}

function badOffset(offset: unknown, size: number, length: number): Error {
  if (typeof offset !== "number") return wrongType('"offset" argument', "of type number", offset);
  if (!Number.isInteger(offset)) return outOfRange("offset", "an integer", offset);
  return length < size ? outOfBounds() : outOfRange("offset", `>= 0 and <= ${length - size}`, offset);
}

function checkTexts(target: BufferClass): void {
  const { prototype } = target;
  const { toString, write, swap16, swap32, swap64 } = prototype;
  define(prototype, "toString", function (this: Buffer, encoding?: string, start?: number, end?: number) {
    if (encoding !== undefined && !target.isEncoding(encoding)) throw unknownEncoding(encoding);
    return toString.call(this, encoding, start, end);
  });
  define(prototype, "write", function (this: Buffer, text: unknown, ...args: never[]) {
    if (typeof text !== "string") throw wrongType('"string" argument', "of type string", text);
    return Reflect.apply(write, this, [text, ...args]) as number;
  });
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
