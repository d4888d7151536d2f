/** `node:stream`, by readable-stream: Node's own streams, kept apart from Node. */
import "./stream/callable-errors.ts";
import library from "readable-stream/lib/stream.js";
import { addNewer } from "./stream/newer.ts";
import { duplexPair } from "./stream/pair.ts";
import type { StreamModule } from "./stream/types.ts";
import { addWebStreams } from "./stream/web.ts";

const Stream = library as StreamModule;

/** As Node's since version 22. */
const HIGH_WATER_MARK_BYTES = 65_536;

export function create(): object {
  Stream._isArrayBufferView = ArrayBuffer.isView;
  Stream.duplexPair = (options?: object) => duplexPair(Stream.Duplex, options);
  Stream.setDefaultHighWaterMark(false, HIGH_WATER_MARK_BYTES);
  addNewer(Stream);
  addWebStreams(Stream);
  return Stream;
}
