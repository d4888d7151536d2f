/** How `util.inspect` shows a buffer. */
import type { Buffer } from "buffer/";
import { define } from "./define.ts";

/** `INSPECT_MAX_BYTES` of `node:buffer`. */
export const shown: { mostBytes: number } = { mostBytes: 50 };

const CUSTOM = Symbol.for("nodejs.util.inspect.custom");
const INDEX = /^\d+$/;

type Inspect = (value: unknown, options?: object) => string;
type InspectOptions = Readonly<Record<string, unknown>>;

export function showsFew({ prototype }: typeof Buffer): void {
  function inspect(this: Buffer, _depth?: number, options?: InspectOptions, show?: Inspect): string {
    const bytes = [...this.subarray(0, shown.mostBytes)].map((byte) => byte.toString(16).padStart(2, "0"));
    const rest = this.length - bytes.length;
    const more = rest > 0 ? ` ... ${rest} more byte${rest > 1 ? "s" : ""}` : "";
    const extras = options && show ? extrasOf(this, options, show) : "";
    const separator = bytes.length > 0 && extras !== "" ? ", " : "";
    return `<${this.constructor.name} ${bytes.join(" ")}${more}${separator}${extras}>`;
  }
  define(prototype, "inspect", inspect);
  define(prototype, CUSTOM as unknown as string, inspect);
}

/** Properties that somebody has given it. */
function extrasOf(buffer: Buffer, options: InspectOptions, show: Inspect): string {
  const own = Object.entries(buffer).filter(([name]) => !INDEX.test(name));
  if (own.length === 0) return "";
  const text = show(Object.assign(Object.create(null), Object.fromEntries(own)), {
    ...options,
    breakLength: Infinity,
    compact: true,
  });
  return text.slice("[Object: null prototype] { ".length, -2);
}
