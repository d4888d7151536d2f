/** The streams, of web-streams-polyfill. */
import * as streams from "web-streams-polyfill";
import { tellNodeStreams } from "./streams/node-state.ts";

tellNodeStreams(streams.ReadableStream.prototype, "readable");
tellNodeStreams(streams.WritableStream.prototype, "writable");

export function create(): object {
  return { ...streams };
}
