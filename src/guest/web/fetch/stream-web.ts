/** `node:stream/web`, as far as undici's fetch uses it. */
import { runtime } from "./ports.ts";
import type { Cloning } from "../../runtime/globals/cloners.ts";

/** A field of the streams of web-streams-polyfill. */
interface Inner {
  readonly _readableStreamController: object;
}

/** As `tee`, with clones of the chunks in the second branch. Streams of bytes copy theirs anyway. */
export function ReadableStreamTee(stream: ReadableStream & Inner): [ReadableStream, ReadableStream] {
  const [first, second] = stream.tee();
  if ("byobRequest" in stream._readableStreamController) return [first, second];
  const { clone } = runtime.webChunk("structured-clone") as Cloning;
  const cloned = new TransformStream(
    { transform: (chunk, controller) => controller.enqueue(clone(chunk, [])) },
    { highWaterMark: 1 },
    { highWaterMark: 0 },
  );
  return [first, second.pipeThrough(cloned)];
}
