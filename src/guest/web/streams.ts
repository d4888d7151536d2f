/** The streams, of web-streams-polyfill. */
import * as streams from "web-streams-polyfill";

export function create(): object {
  return { ...streams };
}
