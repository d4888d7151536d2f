/** `CompressionStream` and `DecompressionStream`, over the cell's zlib service. */
import { defineInterface, invalidType, requireArguments, text } from "../chunks/web/interface.ts";
import type { Calls } from "../runtime/calls.ts";
import type { Parts } from "../runtime/globals/parts.ts";
import { bytesOf, latin1Of } from "./globals/latin1.ts";

/** zlib's names for the formats, for both ways. */
const FORMATS: Readonly<Record<string, readonly [compress: string, decompress: string]>> = {
  gzip: ["Gzip", "Gunzip"],
  deflate: ["Deflate", "Inflate"],
  "deflate-raw": ["DeflateRaw", "InflateRaw"],
  brotli: ["BrotliCompress", "BrotliDecompress"],
};

/** zlib's flushes, and brotli's. */
const GO_ON = 0;
const FINISH = { zlib: 4, brotli: 2 };

/** Most bytes that go in and come out at once. */
const PIECE_BYTES = 65_536;

/** One codec in the cell. */
class Codec {
  readonly #calls: Calls;
  readonly #id: number;
  readonly #finish: number;
  readonly #decompresses: boolean;

  constructor(calls: Calls, kind: string, decompresses: boolean) {
    this.#calls = calls;
    this.#decompresses = decompresses;
    this.#finish = kind.startsWith("Brotli") ? FINISH.brotli : FINISH.zlib;
    this.#id = Number(this.#ask("make", `${JSON.stringify([kind, {}])}\n`));
  }

  /** What comes out of `bytes`, or after the end of all. */
  write(bytes: Uint8Array, isEnd: boolean, give: (bytes: Uint8Array) => void): void {
    let input = bytes;
    for (;;) {
      const piece = input.subarray(0, PIECE_BYTES);
      const flush = isEnd && piece.length === input.length ? this.#finish : GO_ON;
      const answer = this.#ask("write", `${this.#id},${flush},${PIECE_BYTES}\n${latin1Of(piece)}`);
      const cut = answer.indexOf("\n");
      const [availableIn = 0, availableOut = 0] = answer.slice(0, cut).split(",").map(Number);
      if (cut + 1 < answer.length) give(bytesOf(answer.slice(cut + 1)));
      if (availableOut > 0 && availableIn > 0)
        throw new TypeError("There is more after the end of what was compressed.");
      input = input.subarray(piece.length - availableIn);
      if (input.length === 0 && availableOut > 0) return;
    }
  }

  close(): void {
    this.#ask("close", String(this.#id));
  }

  #ask(verb: string, argument: string): string {
    const answer = this.#calls.ask(`zlib.${verb}`, argument);
    if (answer.startsWith("=")) return answer.slice(1);
    const { message, code } = JSON.parse(answer.slice(1)) as { message?: string; code?: string };
    const what = this.#decompresses ? "decompress" : "compress";
    throw Object.assign(new TypeError(`Could not ${what}: ${message ?? "it failed"}`), { code });
  }
}

function streamOf(
  calls: Calls,
  format: unknown,
  decompresses: boolean,
): TransformStream<unknown, Uint8Array> {
  const kind = FORMATS[text(format)]?.[decompresses ? 1 : 0];
  if (kind === undefined) {
    const message = `The format must be one of ${Object.keys(FORMATS).join(", ")}, not "${text(format)}".`;
    throw Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_VALUE" });
  }
  const codec = new Codec(calls, kind, decompresses);
  const work = (
    bytes: Uint8Array,
    isEnd: boolean,
    controller: TransformStreamDefaultController<Uint8Array>,
  ): void => {
    try {
      codec.write(bytes, isEnd, (output) => controller.enqueue(output));
    } catch (error) {
      codec.close();
      throw error;
    }
  };
  const transformer = {
    transform: (chunk: unknown, controller: TransformStreamDefaultController<Uint8Array>): void =>
      work(bufferSource(chunk), false, controller),
    flush(controller: TransformStreamDefaultController<Uint8Array>): void {
      work(new Uint8Array(0), true, controller);
      codec.close();
    },
    cancel: (): void => codec.close(),
  };
  return new TransformStream(transformer);
}

function bufferSource(chunk: unknown): Uint8Array {
  const buffer = ArrayBuffer.isView(chunk) ? chunk.buffer : chunk;
  if (Object.prototype.toString.call(buffer) !== "[object ArrayBuffer]") {
    throw invalidType("A chunk must be an ArrayBuffer or a view of one.");
  }
  if (!ArrayBuffer.isView(chunk)) return new Uint8Array(chunk as ArrayBuffer);
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

export function create({ calls }: Parts): object {
  class CompressionStream {
    readonly #stream: TransformStream<unknown, Uint8Array>;

    constructor(format: unknown) {
      requireArguments(arguments.length, 1, "CompressionStream");
      this.#stream = streamOf(calls, format, false);
    }

    get readable(): ReadableStream<Uint8Array> {
      return this.#stream.readable;
    }

    get writable(): WritableStream<unknown> {
      return this.#stream.writable;
    }
  }

  class DecompressionStream {
    readonly #stream: TransformStream<unknown, Uint8Array>;

    constructor(format: unknown) {
      requireArguments(arguments.length, 1, "DecompressionStream");
      this.#stream = streamOf(calls, format, true);
    }

    get readable(): ReadableStream<Uint8Array> {
      return this.#stream.readable;
    }

    get writable(): WritableStream<unknown> {
      return this.#stream.writable;
    }
  }

  defineInterface(CompressionStream, "CompressionStream", ["readable", "writable"]);
  defineInterface(DecompressionStream, "DecompressionStream", ["readable", "writable"]);
  return { CompressionStream, DecompressionStream };
}
