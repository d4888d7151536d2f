/**
 * `zlib`: compressing and decompressing by the cell's own Node, step by step, each at once. A guest makes a codec, has it
 * work on pieces of input, and closes it. Operations, and their answers after `=` (or `!` and JSON of what was thrown):
 *
 * - `zlib.constants`, "": JSON `{ constants, codes }` of node:zlib
 * - `zlib.make`, JSON `[kind, options]`, a newline, and the bytes of a dictionary: the codec's number. `kind` is `Gzip`,
 *   `Gunzip`, `Deflate`, `Inflate`, `DeflateRaw`, `InflateRaw`, `Unzip`, `BrotliCompress`, ... and `options` are those
 *   of Node's `createGzip()` and its like
 * - `zlib.write`, `number,flush,room`, a newline, and bytes of input: `availableIn,availableOut`, a newline, and the
 *   bytes put out, at most `room`. `flush` is one of the constants. When no room is left over, write again with what is
 *   left of the input, if only an empty piece
 * - `zlib.params`, `number,level,strategy`; `zlib.reset`, number; `zlib.close`, number: nothing
 * - `zlib.crc32`, the sum so far, a newline, and bytes: the sum
 *
 * Bytes are Latin-1 characters. A write takes at most 1 MiB and gives at most 1 MiB, so that it is short and the guest's
 * own limits end one that makes too many. An environment's codecs together weigh at most 256 MiB; beyond that the one
 * used longest ago is closed, and says so when it is used.
 */
import zlib from "node:zlib";
import { failureText } from "./failures.ts";
import { ServiceError } from "./service.ts";
import type { Service } from "./service.ts";
import { makeCodec } from "./zlib/codec.ts";
import type { Codec } from "./zlib/codec.ts";

/** Most bytes that a write takes or gives. */
const PIECE_BYTES = 1_048_576;

/** Most that an environment's codecs weigh together. */
const TOTAL_WEIGHT_BYTES = 268_435_456;

export function createZlibService(): Service {
  return new ZlibService();
}

class ZlibService implements Service {
  readonly #codecs = new Map<number, Codec>();
  #weightBytes = 0;
  #last = 0;

  ask(verb: string, argument: string): string {
    try {
      return `=${this.#do(verb, argument)}`;
    } catch (error) {
      return failureText(error);
    }
  }

  dispose(): void {
    for (const id of [...this.#codecs.keys()]) this.#close(id);
  }

  #do(verb: string, argument: string): string {
    const [head, bytes] = partsOf(argument);
    switch (verb) {
      case "constants":
        return JSON.stringify({ constants: zlib.constants, codes: Reflect.get(zlib, "codes") as unknown });
      case "make":
        return String(this.#make(head, bytes));
      case "write":
        return this.#write(head, bytes);
      case "crc32":
        return String(zlib.crc32(bytes, Number(head)));
      case "close":
        this.#close(Number(head));
        return "";
      case "reset":
        this.#codec(Number(head)).reset();
        return "";
      case "params": {
        const [id, level, strategy] = numbersIn(head);
        this.#codec(id ?? 0).params(level ?? 0, strategy ?? 0);
        return "";
      }
      default:
        throw new ServiceError(
          "Error",
          `This runtime has no operation zlib.${verb.slice(0, 64)}.`,
          "ERR_METHOD_NOT_IMPLEMENTED",
        );
    }
  }

  #make(head: string, dictionary: Buffer): number {
    const given: unknown = JSON.parse(head);
    const [kind, options] = Array.isArray(given) ? (given as readonly unknown[]) : [];
    const codec = makeCodec(kind, options, dictionary);
    const id = ++this.#last;
    this.#codecs.set(id, codec);
    this.#weightBytes += codec.weightBytes;
    for (const [oldest] of this.#codecs) {
      if (this.#weightBytes <= TOTAL_WEIGHT_BYTES || oldest === id) break;
      this.#close(oldest);
    }
    return id;
  }

  #write(head: string, input: Buffer): string {
    const [id, flush, room] = numbersIn(head);
    if (input.length > PIECE_BYTES) throw tooLarge("input", input.length);
    if (!(Number(room) > 0 && Number(room) <= PIECE_BYTES)) throw tooLarge("room for output", Number(room));
    const codec = this.#codec(id ?? 0);
    const { availableIn, output } = codec.write(flush ?? 0, input, room ?? 0);
    return `${availableIn},${(room ?? 0) - output.length}\n${output.toString("latin1")}`;
  }

  #codec(id: number): Codec {
    const codec = this.#codecs.get(id);
    if (!codec) throw closed();
    this.#codecs.delete(id);
    this.#codecs.set(id, codec);
    return codec;
  }

  #close(id: number): void {
    const codec = this.#codecs.get(id);
    if (!codec) return;
    this.#codecs.delete(id);
    this.#weightBytes -= codec.weightBytes;
    codec.close();
  }
}

function partsOf(argument: string): [string, Buffer] {
  const cut = argument.indexOf("\n");
  if (cut === -1) return [argument, Buffer.alloc(0)];
  if (argument.length - cut > 64 * PIECE_BYTES) throw tooLarge("input", argument.length - cut);
  return [argument.slice(0, cut), Buffer.from(argument.slice(cut + 1), "latin1")];
}

function numbersIn(head: string): number[] {
  const numbers = head.split(",", 3).map(Number);
  if (numbers.every((number) => Number.isSafeInteger(number))) return numbers;
  throw new ServiceError("TypeError", "The arguments could not be read.", "ERR_INVALID_ARG_VALUE");
}

function tooLarge(what: string, size: number): ServiceError {
  return new ServiceError(
    "RangeError",
    `Refused: ${what} of ${size} bytes; zlib takes 1 to ${PIECE_BYTES} bytes at once.`,
    "ERR_OUT_OF_RANGE",
  );
}

function closed(): ServiceError {
  return new ServiceError(
    "Error",
    `The codec is closed. An environment's open codecs weigh at most ${TOTAL_WEIGHT_BYTES} bytes; the one used longest ago gives way.`,
    "ERR_ZLIB_INITIALIZATION_FAILED",
  );
}
