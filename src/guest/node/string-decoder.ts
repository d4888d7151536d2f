/** `node:string_decoder`. */
import { Buffer } from "node:buffer";
import { invalidArgType, nodeError } from "./shared/errors.ts";

type Encoding = "utf8" | "utf16le" | "base64" | "base64url" | "latin1" | "ascii" | "hex";

function text(value: unknown): string {
  return String(value);
}

function normalize(encoding: unknown): Encoding {
  const name = text(encoding ?? "utf8").toLowerCase();
  switch (name === "" ? "utf8" : name) {
    case "utf8":
    case "utf-8":
      return "utf8";
    case "ucs2":
    case "ucs-2":
    case "utf16le":
    case "utf-16le":
      return "utf16le";
    case "latin1":
    case "binary":
      return "latin1";
    case "base64":
    case "base64url":
    case "ascii":
    case "hex":
      return name as Encoding;
    default:
      throw nodeError(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${String(encoding as number)}`);
  }
}

/** How many bytes a character of UTF-8 has that begins with `byte`; 0 when none does. */
function lengthOf(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte <= 0xdf) return 2;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

/** Whether `second` may follow `first`: overlong forms, surrogates and what is past Unicode's end may not. */
function mayFollow(first: number, second: number): boolean {
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most;
}

/** Bytes at the end that may be the beginning of a character. */
function incompleteUtf8(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const wanted = lengthOf(byte);
    if (wanted <= back) return 0;
    const second = bytes[bytes.length - back + 1];
    return back === 1 || mayFollow(byte, second ?? 0) ? back : 0;
  }
  return 0;
}

function incompleteUtf16(bytes: Uint8Array): number {
  const odd = bytes.length % 2;
  const high = bytes[bytes.length - odd - 1] ?? 0;
  // A high surrogate waits for its other half.
  return bytes.length - odd >= 2 && high >= 0xd8 && high <= 0xdb ? odd + 2 : odd;
}

const NEEDS: Readonly<Record<Encoding, (bytes: Uint8Array) => number>> = {
  utf8: incompleteUtf8,
  utf16le: incompleteUtf16,
  base64: (bytes) => bytes.length % 3,
  base64url: (bytes) => bytes.length % 3,
  latin1: () => 0,
  ascii: () => 0,
  hex: () => 0,
};

interface Decoder {
  encoding: Encoding;
  pending: Buffer;
  write(chunk: unknown): string;
}

// A function, since packages call it on their own objects.
function StringDecoder(this: Decoder, encoding?: unknown): void {
  this.encoding = normalize(encoding);
  Object.defineProperty(this, "pending", { value: Buffer.alloc(0), writable: true, enumerable: false });
}

const methods: ThisType<Decoder> & object = {
  write(chunk: unknown): string {
    if (typeof chunk === "string") return chunk;
    if (!ArrayBuffer.isView(chunk)) {
      throw invalidArgType("buf", ["Buffer", "TypedArray", "DataView"], chunk);
    }
    const given = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.pending.length === 0 ? given : Buffer.concat([this.pending, given]);
    const whole = bytes.length - NEEDS[this.encoding](bytes);
    this.pending = Buffer.from(bytes.subarray(whole));
    return bytes.toString(this.encoding, 0, whole);
  },
  end(chunk?: unknown): string {
    const text = chunk === undefined ? "" : this.write(chunk);
    const rest = this.pending;
    this.pending = Buffer.alloc(0);
    // An odd byte of UTF-16 is no character; the beginning of one of UTF-8 is one replacement character.
    if (this.encoding === "utf8" && rest.length > 0) return `${text}\ufffd`;
    return text + rest.toString(this.encoding);
  },
  text(chunk: Uint8Array, offset: number): string {
    this.pending = Buffer.alloc(0);
    return this.write(chunk.subarray(offset));
  },
};

export function create(): object {
  Object.assign((StringDecoder as { prototype: object }).prototype, methods);
  const { prototype } = StringDecoder as { prototype: object };
  Object.defineProperties(prototype, {
    lastNeed: {
      get(this: Decoder) {
        const [first = 0] = this.pending;
        if (this.pending.length === 0) return 0;
        return Math.max(0, (this.encoding === "utf8" ? lengthOf(first) : 3) - this.pending.length);
      },
      configurable: true,
    },
    lastTotal: {
      get(this: Decoder) {
        const [first = 0] = this.pending;
        return this.pending.length === 0 ? 0 : this.encoding === "utf8" ? lengthOf(first) : 3;
      },
      configurable: true,
    },
    lastChar: {
      get(this: Decoder) {
        return this.pending;
      },
      configurable: true,
    },
  });
  return { StringDecoder };
}
