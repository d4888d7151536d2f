import type { Buffer } from "buffer/";

type BufferClass = typeof Buffer;

/** Node's newer encoding, which the library reads as base64 but does not know by its name. */
export function addBase64Url(target: BufferClass): void {
  const { from, byteLength, isEncoding } = target;
  const { toString, write, fill } = target.prototype;
  const statics = {
    from: (value: unknown, encoding: unknown, length: unknown) =>
      Reflect.apply(from, target, [value, known(encoding), length]) as Buffer,
    byteLength: (value: unknown, encoding: unknown) =>
      Reflect.apply(byteLength, target, [value, known(encoding)]) as number,
    isEncoding: (encoding: unknown) =>
      isUrl(encoding) || (Reflect.apply(isEncoding, target, [encoding]) as boolean),
  };
  const methods = {
    toString(this: Buffer, encoding: unknown, ...range: unknown[]): string {
      const text = Reflect.apply(toString, this, [known(encoding), ...range]) as string;
      return isUrl(encoding) ? text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") : text;
    },
    write(this: Buffer, text: unknown, ...args: unknown[]): number {
      return Reflect.apply(write, this, [text, ...args.map(known)]) as number;
    },
    fill(this: Buffer, value: unknown, ...args: unknown[]): Buffer {
      return Reflect.apply(fill, this, [value, ...args.map(known)]) as Buffer;
    },
  };
  Object.assign(target, statics);
  Object.assign(target.prototype, methods);
}

function isUrl(encoding: unknown): boolean {
  return typeof encoding === "string" && encoding.toLowerCase() === "base64url";
}

function known(encoding: unknown): unknown {
  return isUrl(encoding) ? "base64" : encoding;
}
