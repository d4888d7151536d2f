/** `node:buffer`. */
import type { Parts } from "../runtime/globals/parts.ts";
import { invalidArgType } from "./shared/errors.ts";
import { requireNumber } from "./shared/validate.ts";

type Encoding = "utf8" | "ucs2" | "utf16le" | "latin1" | "binary" | "ascii";

const TRANSCODED: readonly string[] = [
  "utf8",
  "utf-8",
  "ucs2",
  "ucs-2",
  "utf16le",
  "utf-16le",
  "latin1",
  "binary",
  "ascii",
];

function bytesOf(input: unknown, name: string): Uint8Array {
  const buffer = ArrayBuffer.isView(input) ? input.buffer : input;
  if (buffer instanceof ArrayBuffer && buffer.detached) return new Uint8Array();
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  throw invalidArgType(name, ["ArrayBuffer", "Buffer", "TypedArray"], input);
}

function isAscii(input: unknown): boolean {
  return bytesOf(input, "input").every((byte) => byte < 0x80);
}

function isUtf8(input: unknown): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOf(input, "input"));
    return true;
  } catch (error) {
    if (error instanceof TypeError && "code" in error && error.code === "ERR_INVALID_ARG_TYPE") throw error;
    return false;
  }
}

function transcode(source: unknown, from: unknown, to: unknown): Buffer {
  if (!(source instanceof Uint8Array)) throw invalidArgType("source", ["Buffer", "Uint8Array"], source);
  const [read, write] = [from, to].map((name) => String(name).toLowerCase());
  if (!TRANSCODED.includes(read ?? "") || !TRANSCODED.includes(write ?? "")) {
    throw Object.assign(new Error("Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]"), {
      code: "U_ILLEGAL_ARGUMENT_ERROR",
      errno: 1,
    });
  }
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString(read as Encoding);
  const single = write === "ascii" || write === "latin1" || write === "binary";
  const most = write === "ascii" ? 0x7f : 0xff;
  // What a single byte can't say is a question mark.
  const known = single
    ? Array.from(text, (char) => ((char.codePointAt(0) ?? 0) > most ? "?" : char)).join("")
    : text;
  return Buffer.from(known, write as Encoding);
}

/** URLs of blobs are the runtime's own, if it has any. */
function resolveObjectURL(id: unknown): unknown {
  const resolve = (URL as { readonly resolveObjectURL?: (id: string) => unknown }).resolveObjectURL;
  return resolve?.(String(id));
}

function lazy(name: string): PropertyDescriptor {
  return {
    get: (): unknown => Reflect.get(globalThis, name),
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
    enumerable: true,
    configurable: true,
  };
}

export function create({ chunks, base64 }: Parts): object {
  const { Buffer, constants, kMaxLength, shown } = chunks.load("buffer");
  function SlowBuffer(length: unknown): unknown {
    return Buffer.alloc(length as number);
  }
  Object.setPrototypeOf(SlowBuffer, Uint8Array);
  SlowBuffer.prototype = Buffer.prototype as object;
  const exports = {
    Buffer,
    SlowBuffer,
    transcode,
    isUtf8,
    isAscii,
    kMaxLength,
    kStringMaxLength: constants.MAX_STRING_LENGTH,
    ...base64,
    constants,
    resolveObjectURL,
  };
  Object.defineProperty(exports, "INSPECT_MAX_BYTES", {
    get: () => shown.mostBytes,
    set(value: unknown) {
      requireNumber(value, "INSPECT_MAX_BYTES", 0);
      shown.mostBytes = value;
    },
    enumerable: true,
    configurable: true,
  });
  return Object.defineProperties(exports, { Blob: lazy("Blob"), File: lazy("File") });
}
