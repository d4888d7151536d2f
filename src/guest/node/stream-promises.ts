/** `node:stream/promises`. */
import stream from "node:stream";

export function create(): object {
  return stream.promises;
}
