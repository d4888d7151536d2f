/** `node:stream`, by readable-stream: Node's own streams, kept apart from Node. */
import library from "readable-stream/lib/stream.js";
import { duplexPair } from "./stream/pair.ts";
import type { StreamModule } from "./stream/types.ts";
import { addWebStreams } from "./stream/web.ts";

const Stream = library as StreamModule;

export function create(): object {
  Stream._isArrayBufferView = ArrayBuffer.isView;
  Stream.duplexPair = (options?: object) => duplexPair(Stream.Duplex, options);
  addWebStreams(Stream);
  return Stream;
}
