/** Reading and writing numbers: the library's arithmetic, behind Node's checks. */
import { define, type Method } from "./define.ts";
import { outOfBounds, outOfRange, wrongType } from "./errors.ts";

const NAME = /^(read|write)(?:(U?)[Ii]nt|(Float|Double)|Big(U?)[Ii]nt)(8|16|32|64)?(?:LE|BE)?$/;

/** Most bytes of a number of a size that is given. */
const MOST_BYTES = 6;

export function checkNumbers(methods: Record<string, Method>): void {
  for (const name of Object.getOwnPropertyNames(methods)) {
    const match = NAME.exec(name);
    if (!match) continue;
    const [, verb, unsigned, real, bigUnsigned, bits] = match;
    const original = methods[name] as Method;
    const isUnsigned = (unsigned ?? bigUnsigned) === "U";
    if (real === undefined && bits === undefined) {
      define(methods, name, verb === "read" ? sizedReader(original) : sizedWriter(original, isUnsigned));
      continue;
    }
    if (real) {
      const isLittle = name.endsWith("LE");
      define(methods, name, verb === "read" ? realReader(real, isLittle) : realWriter(real, isLittle));
      continue;
    }
    const size = Number(bits) / 8;
    const isBig = bigUnsigned !== undefined;
    const check = rangeOf(size, isUnsigned, isBig);
    define(methods, name, verb === "read" ? reader(original, size) : writer(original, size, isBig, check));
  }
}

function reader(original: Method, size: number): Method {
  return function (offset: unknown = 0) {
    requirePlace(offset, size, this.length);
    return Reflect.apply(original, this, [offset]);
  };
}

type RangeCheck = (value: number | bigint) => void;

function writer(original: Method, size: number, isBig: boolean, check: RangeCheck): Method {
  return function (given: unknown, offset: unknown = 0) {
    const value = isBig ? (given as bigint) : Number(given);
    if (size === 1) requireNumber(offset);
    check(value);
    requirePlace(offset, size, this.length);
    return Reflect.apply(original, this, [value, offset]);
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** As the machine does, which also keeps what a NaN is made of. */
function realReader(kind: string, isLittle: boolean): Method {
  return function (offset: unknown = 0) {
    requirePlace(offset, kind === "Float" ? 4 : 8, this.length);
    const view = viewOf(this);
    return kind === "Float"
      ? view.getFloat32(offset as number, isLittle)
      : view.getFloat64(offset as number, isLittle);
  };
}

function realWriter(kind: string, isLittle: boolean): Method {
  return function (given: unknown, offset: unknown = 0) {
    const value = Number(given);
    const size = kind === "Float" ? 4 : 8;
    requirePlace(offset, size, this.length);
    if (kind === "Float") viewOf(this).setFloat32(offset as number, value, isLittle);
    else viewOf(this).setFloat64(offset as number, value, isLittle);
    return (offset as number) + size;
  };
}

function sizedReader(original: Method): Method {
  return function (offset: unknown, size: unknown) {
    if (offset === undefined) throw notANumber("offset", offset);
    requireSize(size);
    requirePlace(offset, size, this.length);
    return Reflect.apply(original, this, [offset, size]);
  };
}

function sizedWriter(original: Method, isUnsigned: boolean): Method {
  return function (given: unknown, offset: unknown, size: unknown) {
    requireSize(size);
    const value = Number(given);
    requireNumber(offset);
    rangeOf(size, isUnsigned, false)(value);
    requirePlace(offset, size, this.length);
    return Reflect.apply(original, this, [value, offset, size]);
  };
}

/** Numbers of up to four bytes have their limits spelled out in the error, others as powers of two. */
function rangeOf(size: number, isUnsigned: boolean, isBig: boolean): RangeCheck {
  const bits = size * 8;
  const least = isUnsigned ? 0 : -(2 ** (bits - 1));
  const most = isUnsigned ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
  const [leastBig, mostBig] = isUnsigned
    ? [0n, 2n ** BigInt(bits) - 1n]
    : [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
  const n = isBig ? "n" : "";
  const words = (): string => {
    if (size <= 4 && !isBig) return `>= ${least} and <= ${most}`;
    const power = `2${n} ** ${isUnsigned ? bits : bits - 1}${n}`;
    return isUnsigned ? `>= 0${n} and < ${power}` : `>= -(${power}) and < ${power}`;
  };
  return (value) => {
    if (isBig ? value > mostBig || value < leastBig : value > most || value < least)
      throw outOfRange("value", words(), value);
  };
}

function requireSize(size: unknown): asserts size is number {
  if (size === undefined || typeof size !== "number") throw notANumber("byteLength", size);
  if (!Number.isInteger(size) && Math.floor(size) !== size)
    throw outOfRange("byteLength", "an integer", size);
  if (size < 1 || size > MOST_BYTES) throw outOfRange("byteLength", `>= 1 and <= ${MOST_BYTES}`, size);
}

function requireNumber(offset: unknown): asserts offset is number {
  if (typeof offset !== "number") throw notANumber("offset", offset);
}

function requirePlace(offset: unknown, size: number, length: number): void {
  requireNumber(offset);
  if (Number.isInteger(offset) && offset >= 0 && offset + size <= length) return;
  if (Math.floor(offset) !== offset) throw outOfRange("offset", "an integer", offset);
  throw length < size ? outOfBounds() : outOfRange("offset", `>= 0 and <= ${length - size}`, offset);
}

function notANumber(name: string, value: unknown): Error {
  return wrongType(`"${name}" argument`, "of type number", value);
}
