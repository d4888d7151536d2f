/** `node:inspector/promises`. */
import inspector from "node:inspector";

export function create(): object {
  return { ...inspector };
}
