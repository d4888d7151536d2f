/** `node:util`, as far as undici's fetch uses it. */
import { runtime } from "./ports.ts";
import * as types from "./types.ts";

interface Inspect {
  (value: unknown, options?: object): string;
  readonly custom: symbol;
}

const formatter = (): { inspect(value: unknown, options?: object): unknown } =>
  runtime.chunks.load("inspect");

export { types };

export const inspect: Inspect = Object.assign(
  (value: unknown, options?: object) => String(formatter().inspect(value, options)),
  { custom: Symbol.for("nodejs.util.inspect.custom") },
);

export function formatWithOptions(options: object, value: unknown): string {
  return inspect(value, options);
}
