/** Decoders of the encodings of many bytes a character, whose tables take 160 KB. */
import { createMultibyteDecoder } from "@exodus/bytes/multi-byte.js";

export function create(): object {
  return { createMultibyteDecoder };
}
