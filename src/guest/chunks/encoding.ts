/** UTF-8, UTF-16 and the single-byte encodings; the tables of the multi-byte ones would take 160 KB. */
export { TextDecoder, TextEncoder } from "@exodus/bytes/encoding-lite.js";
