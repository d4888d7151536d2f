/** `node:stream/web`: the globals, read when they are asked for. */

const NAMES: readonly string[] = [
  "ReadableStream",
  "ReadableStreamDefaultReader",
  "ReadableStreamBYOBReader",
  "ReadableStreamBYOBRequest",
  "ReadableByteStreamController",
  "ReadableStreamDefaultController",
  "TransformStream",
  "TransformStreamDefaultController",
  "WritableStream",
  "WritableStreamDefaultWriter",
  "WritableStreamDefaultController",
  "ByteLengthQueuingStrategy",
  "CountQueuingStrategy",
  "TextEncoderStream",
  "TextDecoderStream",
  "CompressionStream",
  "DecompressionStream",
];

export function create(): object {
  const exports = {};
  for (const name of NAMES) {
    Object.defineProperty(exports, name, {
      get: (): unknown => Reflect.get(globalThis, name),
      enumerable: true,
      configurable: true,
    });
  }
  return exports;
}
