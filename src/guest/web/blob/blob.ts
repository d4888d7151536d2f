import { defineInterface, dictionary, invalidType, text } from "../../chunks/web/interface.ts";
import { integer } from "./idl.ts";

/** Most bytes that a blob's stream gives at once. */
const CHUNK_BYTES = 65_536;

let partsOf: (blob: Blob) => readonly Uint8Array[];
let makeSlice: (parts: readonly Uint8Array[], type: string) => Blob;

/** The bytes of a blob; never changed. */
const bytesOf = (blob: Blob): Uint8Array => joined(partsOf(blob));

/** Another blob of the same bytes and type. */
export const sameBlob = (blob: Blob): Blob => makeSlice(partsOf(blob), blob.type);

/** Only this module may make a blob of given parts. */
const permit = {};

export class Blob {
  readonly #parts: readonly Uint8Array[];
  readonly #size: number;
  readonly #type: string;

  static {
    partsOf = (blob) => blob.#parts;
    makeSlice = (parts, type) => new Blob(permit, { parts, type });
  }

  constructor(sources?: unknown, options?: unknown) {
    if (sources === permit) {
      const given = options as { readonly parts: readonly Uint8Array[]; readonly type: string };
      this.#parts = given.parts;
      this.#type = given.type;
    } else {
      const list = sources === undefined ? [] : sequence(sources);
      const { endings, type } = optionsOf(options);
      this.#parts = list.map((part) => bytesOfPart(part, endings));
      this.#type = normalizedType(type);
    }
    this.#size = this.#parts.reduce((size, part) => size + part.byteLength, 0);
  }

  get size(): number {
    return this.#size;
  }

  get type(): string {
    return this.#type;
  }

  slice(start?: unknown, end?: unknown, contentType?: unknown): Blob {
    const from = position(start, this.#size, 0);
    const to = Math.max(position(end, this.#size, this.#size), from);
    const type = contentType === undefined ? "" : normalizedType(text(contentType));
    return makeSlice(cut(this.#parts, from, to), type);
  }

  stream(): ReadableStream<Uint8Array> {
    const parts = this.#parts.filter((part) => part.byteLength > 0);
    let part = 0;
    let at = 0;
    return new ReadableStream({
      type: "bytes",
      pull(controller) {
        const current = parts[part];
        if (!current) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        const chunk = current.slice(at, at + CHUNK_BYTES);
        at += chunk.byteLength;
        if (at === current.byteLength) {
          part++;
          at = 0;
        }
        controller.enqueue(chunk);
      },
    });
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return promised(() => bytesOf(this).buffer as ArrayBuffer);
  }

  bytes(): Promise<Uint8Array> {
    return promised(() => bytesOf(this));
  }

  text(): Promise<string> {
    return promised(() => new TextDecoder().decode(bytesOf(this)));
  }
}

defineInterface(Blob, "Blob", ["size", "type", "slice", "stream", "arrayBuffer", "bytes", "text"]);
Object.defineProperty(Blob, "length", { value: 0, configurable: true });
Object.defineProperty(Blob.prototype.slice, "length", { value: 0, configurable: true });

/** A promise of what `make` gives, or of what it throws, as of the wrong receiver. */
function promised<T>(make: () => T): Promise<T> {
  return new Promise((resolve) => resolve(make()));
}

function sequence(value: unknown): unknown[] {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  const iterator: unknown = isObject ? (value as Partial<Iterable<unknown>>)[Symbol.iterator] : undefined;
  if (typeof iterator !== "function") {
    throw invalidType("The sources argument must be an iterable object, such as an array.");
  }
  return Array.from({ [Symbol.iterator]: () => iterator.call(value) as Iterator<unknown> }, convertPart);
}

/** What is no bytes and no blob is a text, taken at once. */
function convertPart(part: unknown): unknown {
  return part instanceof Blob || ArrayBuffer.isView(part) || isBuffer(part)
    ? part
    : text(part).toWellFormed();
}

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get as () => number;

function isBuffer(value: unknown): value is ArrayBuffer {
  try {
    byteLength.call(value);
    return true;
  } catch {
    return Object.prototype.toString.call(value) === "[object SharedArrayBuffer]";
  }
}

function optionsOf(value: unknown): { readonly endings: string; readonly type: string } {
  const options = dictionary(value, "options");
  const endings = options["endings"] === undefined ? "transparent" : text(options["endings"]);
  if (endings !== "transparent" && endings !== "native") {
    throw Object.assign(new TypeError('The property "options.endings" must be "transparent" or "native".'), {
      code: "ERR_INVALID_ARG_VALUE",
    });
  }
  const { type } = options;
  return { endings, type: type === undefined ? "" : text(type) };
}

function normalizedType(type: string): string {
  return /[^\x20-\x7e]/.test(type) ? "" : type.toLowerCase();
}

function bytesOfPart(part: unknown, endings: string): Uint8Array {
  if (part instanceof Blob) return bytesOf(part);
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice();
  if (typeof part !== "string") return new Uint8Array(part as ArrayBuffer).slice();
  return new TextEncoder().encode(endings === "native" ? part.replace(/\r\n?|\n/g, "\n") : part);
}

function position(value: unknown, size: number, absent: number): number {
  if (value === undefined) return absent;
  const asked = integer(value, true);
  return asked < 0 ? Math.max(size + asked, 0) : Math.min(asked, size);
}

function cut(parts: readonly Uint8Array[], from: number, to: number): Uint8Array[] {
  const taken: Uint8Array[] = [];
  let start = 0;
  for (const part of parts) {
    const end = start + part.byteLength;
    if (end > from && start < to)
      taken.push(part.subarray(Math.max(from - start, 0), Math.min(to, end) - start));
    start = end;
  }
  return taken;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
