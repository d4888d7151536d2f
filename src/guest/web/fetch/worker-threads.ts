/** `node:worker_threads`, as far as undici's fetch uses it. */
import { runtime } from "./ports.ts";

/** Makes `structuredClone` refuse an object. */
export function markAsUncloneable(value: object): void {
  runtime.uncloneable.add(value);
}
