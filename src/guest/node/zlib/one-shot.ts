/** `gzipSync` and its like: a whole text or buffer at once, without a stream. */
import type { Buffer as NodeBuffer } from "node:buffer";
import { ZlibHandle } from "../../chunks/zlib/handle.ts";
import type { ZlibCalls } from "../../chunks/zlib/handle.ts";
import { viewOf } from "../../chunks/crypto/bytes.ts";
import { invalidType, withCode } from "../crypto/checks.ts";
import { settingsOf } from "./kinds.ts";
import type { Kind, Settings } from "./kinds.ts";

/** Output comes in pieces that begin small and grow. */
const FIRST_PIECE_BYTES = 4_096;
const LARGEST_PIECE_BYTES = 1_048_576;

/** Reads the options and the input, and gives what works on it. @throws what is wrong with them */
export function prepare(
  calls: ZlibCalls,
  Buffer: typeof NodeBuffer,
  kind: Kind,
  input: unknown,
  options: unknown,
): () => NodeBuffer {
  const bytes = typeof input === "string" ? Buffer.from(input) : viewOf(input);
  if (!bytes) {
    throw invalidType(
      "buffer",
      "of type string or an instance of Buffer, TypedArray, DataView, or ArrayBuffer",
      input,
    );
  }
  const settings = settingsOf(options, kind);
  const state = new Uint32Array(2);
  const handle = new ZlibHandle(calls, kind.name, settings.given, settings.dictionary, state);
  return () => {
    try {
      return Buffer.concat(run(handle, state, bytes, settings, Buffer));
    } finally {
      handle.close();
    }
  };
}

function run(
  handle: ZlibHandle,
  state: Uint32Array,
  input: Uint8Array,
  settings: Settings,
  Buffer: typeof NodeBuffer,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  let total = 0;
  for (let room = FIRST_PIECE_BYTES; ; room = Math.min(room * 4, LARGEST_PIECE_BYTES)) {
    const output = Buffer.allocUnsafe(room);
    handle.writeSync(settings.finishFlush, input, from, input.length - from, output, 0, room);
    const [roomLeft = 0, inputLeft = 0] = state;
    pieces.push(output.subarray(0, room - roomLeft));
    total += room - roomLeft;
    if (total > settings.maxOutputLength) throw tooLarge(settings.maxOutputLength);
    from = input.length - inputLeft;
    if (roomLeft > 0) {
      if (inputLeft > 0 && settings.rejectGarbageAfterEnd) throw trailingJunk();
      return pieces;
    }
  }
}

export function tooLarge(limit: number): RangeError {
  return withCode(
    new RangeError(`Cannot create a Buffer larger than ${limit} bytes`),
    "ERR_BUFFER_TOO_LARGE",
  );
}

export function trailingJunk(): TypeError {
  return withCode(
    new TypeError("Trailing junk found after the end of the compressed stream"),
    "ERR_TRAILING_JUNK_AFTER_STREAM_END",
  );
}
