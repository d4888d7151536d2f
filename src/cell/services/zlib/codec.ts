/** One codec of Node's, driven at once: by the handle under its stream, which is the only way to that. */
import zlib from "node:zlib";
import { ServiceError } from "../service.ts";
import { weigh } from "./weights.ts";

export interface Codec {
  /** About what it takes. */
  readonly weightBytes: number;
  /** Puts `input` in and takes out at most `room` bytes, which are there until the next write of any codec. */
  write(
    flush: number,
    input: Buffer,
    room: number,
  ): { readonly availableIn: number; readonly output: Buffer };
  params(level: number, strategy: number): void;
  reset(): void;
  close(): void;
}

/** What is used of the streams' inside. It has stood for ten years, and packages use it; a test watches over it. */
interface Handle {
  onerror: (message: string, errno: number, code: string) => void;
  writeSync(
    flush: number,
    input: Buffer,
    inputOffset: number,
    inputLength: number,
    output: Buffer,
    outputOffset: number,
    outputLength: number,
  ): void;
  params(level: number, strategy: number): void;
  reset(): void;
  close(): void;
}

interface Stream {
  readonly _handle: Handle;
  readonly _writeState: Uint32Array;
}

const KINDS = [
  ...["Gzip", "Gunzip", "Deflate", "Inflate", "DeflateRaw", "InflateRaw", "Unzip"],
  ...["BrotliCompress", "BrotliDecompress", "ZstdCompress", "ZstdDecompress"],
];

/** The options that are taken over. */
const OPTIONS = [
  ...["level", "windowBits", "memLevel", "strategy", "params", "pledgedSrcSize"],
  "rejectGarbageAfterEnd",
];

const MAX_FLUSH = 6;

/** What is put out lies here until it is read. */
let output: Buffer = Buffer.alloc(0);

export function makeCodec(kind: unknown, options: unknown, dictionary: Buffer): Codec {
  const known = KINDS.find((name) => name === kind);
  const given = taken(options);
  if (!known) throw new ServiceError("TypeError", "There is no such codec.", "ERR_INVALID_ARG_VALUE");
  const weightBytes = weigh(known, given) + dictionary.length;
  const make = (zlib as unknown as Record<string, ((options: object) => Stream) | undefined>)[
    `create${known}`
  ];
  if (!make) throw missing(known);
  const hasDictionary = dictionary.length > 0;
  const stream = make({ ...given, chunkSize: 64, ...(hasDictionary && { dictionary }) });
  return new StreamCodec(stream, weightBytes);
}

function taken(options: unknown): Record<string, unknown> {
  const all = (typeof options === "object" && options !== null ? options : {}) as Record<string, unknown>;
  const own = OPTIONS.filter((name) => Object.hasOwn(all, name));
  return Object.fromEntries(own.map((name) => [name, name === "params" ? numbered(all[name]) : all[name]]));
}

/** By the numbers that Node reads in the names: `"0x5"` is the parameter `5`, and to be limited as that. */
function numbered(params: unknown): unknown {
  if (typeof params !== "object" || params === null) return params;
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [String(Number(name)), value]));
}

class StreamCodec implements Codec {
  readonly weightBytes: number;
  readonly #handle: Handle;
  readonly #state: Uint32Array;
  #error: Error | undefined;

  constructor(stream: Stream, weightBytes: number) {
    this.weightBytes = weightBytes;
    this.#handle = stream._handle;
    this.#state = stream._writeState;
    this.#handle.onerror = (message, errno, code) => {
      this.#error = Object.assign(new Error(message), { errno, code });
    };
  }

  write(
    flush: number,
    input: Buffer,
    room: number,
  ): { readonly availableIn: number; readonly output: Buffer } {
    if (flush < 0 || flush > MAX_FLUSH) {
      throw new ServiceError("RangeError", "There is no such flush.", "ERR_OUT_OF_RANGE");
    }
    if (output.length < room) output = Buffer.alloc(room);
    this.#handle.writeSync(flush, input, 0, input.length, output, 0, room);
    this.#check();
    const [availableOut = 0, availableIn = 0] = this.#state;
    return { availableIn, output: output.subarray(0, room - availableOut) };
  }

  params(level: number, strategy: number): void {
    if (level < -1 || level > 9 || strategy < 0 || strategy > 4) {
      throw new ServiceError("RangeError", "There is no such level or strategy.", "ERR_OUT_OF_RANGE");
    }
    this.#handle.params(level, strategy);
    this.#check();
  }

  reset(): void {
    this.#handle.reset();
    this.#check();
  }

  close(): void {
    this.#handle.close();
  }

  #check(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error) throw error;
  }
}

function missing(kind: string): ServiceError {
  return new ServiceError(
    "Error",
    `zlib.create${kind}() is not there in the host's version of Node.`,
    "ERR_METHOD_NOT_IMPLEMENTED",
  );
}
