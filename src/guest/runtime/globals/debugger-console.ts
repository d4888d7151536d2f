import { globalObject, reflectApply, reflectGet } from "../primordials.ts";
import type { Logger } from "./console.ts";

/** The engine's own console, which says what it is told to debuggers only. Another takes its place as a global. */
const native = reflectGet(globalObject, "console") as object;

/** By level; there is none for `fatal`. */
const NAMES = ["trace", "debug", "log", "warn", "error", "error"];

/** Has debuggers hear what is logged, with the values themselves; before user code. */
export function tellDebuggers(logger: Pick<Logger, "watch">): void {
  const methods = NAMES.map((name) => reflectGet(native, name) as (...args: unknown[]) => void);
  logger.watch((level, args) => {
    const method = methods[level];
    if (method) reflectApply(method, native, args);
  });
}
