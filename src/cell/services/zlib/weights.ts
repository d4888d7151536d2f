/** About what a codec takes of the cell's memory, and what it must not take. */
import zlib from "node:zlib";
import { ServiceError } from "../service.ts";

const MIB = 1_048_576;

const ZLIB_BYTES = MIB / 2;
const BROTLI_DECODER_BYTES = 16 * MIB;
const ZSTD_DECODER_BYTES = 32 * MIB;

type Fields = Readonly<Record<string, unknown>>;

/** Highest values of Zstandard's parameters, by their names among the constants: above these it takes gigabytes. */
const ZSTD_LIMITS: Readonly<Record<string, number>> = {
  ZSTD_c_compressionLevel: 19,
  ZSTD_c_windowLog: 24,
  ZSTD_c_hashLog: 22,
  ZSTD_c_chainLog: 22,
  ZSTD_c_ldmHashLog: 22,
  ZSTD_c_nbWorkers: 0,
  ZSTD_c_jobSize: 0,
};

const constants = zlib.constants as unknown as Readonly<Record<string, number>>;

export function weigh(kind: string, options: Fields): number {
  const params = (
    typeof options["params"] === "object" && options["params"] !== null ? options["params"] : {}
  ) as Fields;
  const param = (name: string, otherwise: number): number => {
    const value = params[String(constants[name])];
    return typeof value === "number" ? value : otherwise;
  };
  switch (kind) {
    case "BrotliCompress":
      return brotliBytes(param("BROTLI_PARAM_LGWIN", 22), param("BROTLI_PARAM_QUALITY", 11), params);
    case "BrotliDecompress":
      refuseLargeWindow(params, "BROTLI_DECODER_PARAM_LARGE_WINDOW");
      return BROTLI_DECODER_BYTES;
    case "ZstdCompress":
      for (const [name, limit] of Object.entries(ZSTD_LIMITS)) refuseOver(name, param(name, 0), limit);
      return zstdBytes(param("ZSTD_c_compressionLevel", 3), param("ZSTD_c_windowLog", 0));
    case "ZstdDecompress":
      refuseOver("ZSTD_d_windowLogMax", param("ZSTD_d_windowLogMax", 0), 27);
      return ZSTD_DECODER_BYTES;
    default:
      return ZLIB_BYTES;
  }
}

/** Its best qualities keep a tree over the whole window. */
function brotliBytes(windowLog: number, quality: number, params: Fields): number {
  refuseLargeWindow(params, "BROTLI_PARAM_LARGE_WINDOW");
  // What it compresses at once, and in one go: 256 KB, where 16 MB take half a minute.
  const blockLog = params[String(constants["BROTLI_PARAM_LGBLOCK"])];
  if (typeof blockLog === "number") refuseOver("BROTLI_PARAM_LGBLOCK", blockLog, 18);
  const windowBytes = 2 ** Math.min(24, Math.max(10, windowLog));
  return MIB + windowBytes * (quality >= 10 ? 11 : 3);
}

function zstdBytes(level: number, windowLog: number): number {
  const base = level > 15 ? 96 : level > 9 ? 32 : 8;
  return base * MIB + (windowLog > 0 ? 2 ** (windowLog + 1) : 0);
}

function refuseLargeWindow(params: Fields, name: string): void {
  if (params[String(constants[name])]) refuseOver(name, 1, 0);
}

function refuseOver(name: string, value: number, limit: number): void {
  if (value <= limit) return;
  throw new ServiceError(
    "RangeError",
    `Refused: ${name} may be at most ${limit} in this runtime, and would be ${value}.`,
    "ERR_OUT_OF_RANGE",
  );
}
