/** The codecs there are. */
import { checkInteger, invalidType, outOfRange } from "../crypto/checks.ts";

export type Constants = Readonly<Record<string, number>>;

/** What streams and functions have in common by their kind. */
export interface Kind {
  readonly name: string;
  /** Name of its functions, such as `gunzip`. */
  readonly verb: string;
  readonly finishFlush: number;
  readonly fullFlush: number;
  readonly highestFlush: number;
  readonly isZlib: boolean;
}

const NAMES: readonly (readonly [name: string, verb: string])[] = [
  ["Deflate", "deflate"],
  ["Inflate", "inflate"],
  ["Gzip", "gzip"],
  ["Gunzip", "gunzip"],
  ["DeflateRaw", "deflateRaw"],
  ["InflateRaw", "inflateRaw"],
  ["Unzip", "unzip"],
  ["BrotliCompress", "brotliCompress"],
  ["BrotliDecompress", "brotliDecompress"],
  ["ZstdCompress", "zstdCompress"],
  ["ZstdDecompress", "zstdDecompress"],
];

export function kindsOf(constants: Constants): Kind[] {
  const of = (name: string): number => constants[name] ?? 0;
  return NAMES.map(([name, verb]) => {
    const base = { name, verb };
    if (name.startsWith("Brotli")) {
      return {
        ...base,
        isZlib: false,
        finishFlush: of("BROTLI_OPERATION_FINISH"),
        fullFlush: of("BROTLI_OPERATION_FLUSH"),
        highestFlush: of("BROTLI_OPERATION_EMIT_METADATA"),
      };
    }
    if (name.startsWith("Zstd")) {
      return {
        ...base,
        isZlib: false,
        finishFlush: of("ZSTD_e_end"),
        fullFlush: of("ZSTD_e_flush"),
        highestFlush: of("ZSTD_e_end"),
      };
    }
    return {
      ...base,
      isZlib: true,
      finishFlush: of("Z_FINISH"),
      fullFlush: of("Z_FULL_FLUSH"),
      highestFlush: of("Z_BLOCK"),
    };
  });
}

/** What is read of the options here; the rest is for the cell's own Node. */
export interface Settings {
  readonly chunkSize: number;
  readonly flush: number;
  readonly finishFlush: number;
  readonly fullFlush: number;
  readonly maxOutputLength: number;
  readonly dictionary: Uint8Array | undefined;
  readonly rejectGarbageAfterEnd: boolean;
  /** As JSON takes them. */
  readonly given: object;
}

const DEFAULT_CHUNK_BYTES = 16_384;

/** What the functions put out at most unless told otherwise; what streams put out is the reader's affair. */
const DEFAULT_MAX_OUTPUT_BYTES = 134_217_728;

const MAX_BYTES = 2 ** 32;

export function settingsOf(options: unknown, kind: Kind): Settings {
  const all = (options ?? {}) as Readonly<Record<string, unknown>>;
  const { chunkSize = DEFAULT_CHUNK_BYTES, maxOutputLength = DEFAULT_MAX_OUTPUT_BYTES } = all;
  const { flush = 0, finishFlush = kind.finishFlush, fullFlush = kind.fullFlush, dictionary } = all;
  if (typeof chunkSize !== "number") throw invalidType("options.chunkSize", "of type number", chunkSize);
  if (!Number.isFinite(chunkSize)) throw outOfRange("options.chunkSize", "a finite number", chunkSize);
  if (chunkSize < 64) throw outOfRange("options.chunkSize", ">= 64", chunkSize);
  checkRange(flush, "options.flush", kind.highestFlush);
  checkRange(finishFlush, "options.finishFlush", kind.highestFlush);
  checkInteger(maxOutputLength, "options.maxOutputLength", 1, Number.MAX_SAFE_INTEGER);
  return {
    chunkSize: Math.min(chunkSize, MAX_BYTES),
    flush,
    finishFlush,
    fullFlush: fullFlush as number,
    maxOutputLength,
    dictionary: dictionaryOf(dictionary),
    rejectGarbageAfterEnd: all["rejectGarbageAfterEnd"] === true,
    given: plainOf(all, kind),
  };
}

/** In the words of `zlib`, which are its own. */
function checkRange(value: unknown, name: string, most: number): asserts value is number {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!Number.isFinite(value)) throw outOfRange(name, "a finite number", value);
  if (value < 0 || value > most) throw outOfRange(name, `>= 0 and <= ${most}`, value);
}

function dictionaryOf(value: unknown): Uint8Array | undefined {
  if (value === undefined) return undefined;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw invalidType(
    "options.dictionary",
    "an instance of Buffer, TypedArray, DataView, or ArrayBuffer",
    value,
  );
}

function plainOf(all: Readonly<Record<string, unknown>>, kind: Kind): object {
  const { params, pledgedSrcSize, rejectGarbageAfterEnd } = all;
  if (!kind.isZlib) return { params, pledgedSrcSize, rejectGarbageAfterEnd };
  // What is no number at all is as good as none, which JSON would not say.
  const of = (name: string): unknown => (Number.isNaN(all[name]) ? undefined : all[name]);
  const [level, windowBits, memLevel] = [of("level"), of("windowBits"), of("memLevel")];
  return { level, windowBits, memLevel, strategy: of("strategy"), rejectGarbageAfterEnd };
}
