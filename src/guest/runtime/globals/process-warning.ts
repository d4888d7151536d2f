import { isInstance, reflectDefineProperty, reflectGet, record, SafeError, string } from "../primordials.ts";
import { type Logger, Level } from "./console.ts";
import type { Emitter } from "./emitter.ts";
import type { Ticks } from "./ticks.ts";

interface WarningPorts {
  readonly logger: Logger;
  readonly ticks: Ticks;
}

/** `process.emitWarning(warning, type, code)` or `(warning, { type, code, detail })`: a line of the log, and an event. */
export function emitWarning(
  { logger, ticks }: WarningPorts,
  emitter: Emitter,
  warning: unknown,
  options: unknown,
  code: unknown,
): void {
  const error = isInstance(SafeError, warning) ? (warning as Error) : made(string(warning), options, code);
  const name = string(error.name);
  if (name === "DeprecationWarning" && reflectGet(emitter, "noDeprecation")) return;
  const told = reflectGet(error, "code");
  const detail = reflectGet(error, "detail");
  const label = told === undefined ? "" : `[${string(told)}] `;
  const more = typeof detail === "string" ? `\n${detail}` : "";
  logger.log(Level.Warn, [`(node:1) ${label}${name}: ${string(error.message)}${more}`]);
  ticks.nextTick(() => emitter.emit("warning", error));
}

function made(message: string, options: unknown, code: unknown): Error {
  const error = new SafeError(message);
  const given =
    typeof options === "object" && options !== null
      ? (options as { readonly type?: unknown; readonly code?: unknown; readonly detail?: unknown })
      : { type: options, code, detail: undefined };
  define(error, "name", string(given.type ?? "Warning"));
  if (given.code !== undefined) define(error, "code", given.code);
  if (given.detail !== undefined) define(error, "detail", given.detail);
  return error;
}

function define(error: Error, name: string, value: unknown): void {
  reflectDefineProperty(error, name, record({ value, writable: true, configurable: true }));
}
