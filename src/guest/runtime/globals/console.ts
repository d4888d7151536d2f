/**
 * The console, as Lambda's Node.js runtime has it: every call is one log record, at a level, and the platform puts
 * time, request id and level to it.
 *
 * A Log message's text (its LogText) is, by the environment's log format:
 * - `text`: the message itself, formatted as by `util.format`; lines in it are separated by "\n".
 * - `json`: JSON of `{ message?, errorType?, errorMessage?, stackTrace? }`. A single argument is `message` as it is, an
 *   Error anywhere in it as `{ errorType, errorMessage, stackTrace, ...its own fields }`; `message` is absent if JSON
 *   has no form for it. Of several arguments, `message` is the formatted text and the other three describe the first
 *   Error among them. The platform's record is these fields after its own `timestamp`, `level`, `requestId` and
 *   `tenantId`.
 * A LogText is at most {@link LOG_LINE_LIMIT} characters; a longer one is cut and says so.
 */
import { GuestMessage, LOG_LINE_LIMIT, LOOK_LIMIT } from "../../contract.ts";
import type { HostPort } from "../host.ts";
import {
  append,
  isInstance,
  jsonStringify,
  mapDelete,
  mapGet,
  mapSet,
  objectAssign,
  reflectApply,
  record,
  SafeError,
  SafeMap,
  shielded,
  string,
  stringIncludes,
  stringSlice,
  stringSplit,
  stringToUpperCase,
} from "../primordials.ts";
import type { Chunks } from "./chunks.ts";

/** The index of a level in `LOG_LEVELS`, which a Log message carries. */
export const Level = { Trace: 0, Debug: 1, Info: 2, Warn: 3, Error: 4, Fatal: 5 } as const;

export type LogFormat = "text" | "json";

export interface Logger {
  /** Logs as `console.log(...args)` would. */
  log(level: number, args: readonly unknown[]): void;
  setFormat(format: LogFormat): void;
  /** Has every record given to `listener`, too. */
  watch(listener: (level: number, args: readonly unknown[]) => void): void;
  /** Drops records below the level of that name; all are kept when there is none of that name. */
  setLowestLevel(name: string | undefined): void;
}

export function createLogger(host: HostPort, chunks: Chunks): Logger {
  let toText = (args: readonly unknown[]): string => plainText(chunks, args);
  let lowest: number = Level.Trace;
  let watcher: Parameters<Logger["watch"]>[0] | undefined;
  return {
    log(level, args) {
      if (watcher) watcher(level, args);
      if (level < lowest && level !== Level.Fatal) return;
      host.send(GuestMessage.Log, level, toText(args.length === 0 ? [undefined] : args));
    },
    watch(listener) {
      watcher = listener;
    },
    setFormat(format) {
      const make = format === "json" ? jsonText : plainText;
      toText = (args) => make(chunks, args);
    },
    setLowestLevel(name) {
      lowest = levelOf(name ?? "");
    },
  };
}

function levelOf(name: string): number {
  switch (stringToUpperCase(name)) {
    case "DEBUG":
      return Level.Debug;
    case "INFO":
      return Level.Info;
    case "WARN":
      return Level.Warn;
    case "ERROR":
      return Level.Error;
    case "FATAL":
      return Level.Fatal;
    default:
      return Level.Trace;
  }
}

function plainText(chunks: Chunks, args: readonly unknown[]): string {
  const text = format(chunks, args);
  return text.length <= LOG_LINE_LIMIT ? text : cut(text, LOG_LINE_LIMIT);
}

function jsonText(chunks: Chunks, args: readonly unknown[]): string {
  const text = args.length === 1 ? jsonOfOne(chunks, args[0]) : jsonOfSeveral(chunks, args);
  if (text.length <= LOG_LINE_LIMIT) return text;
  // It is JSON already, of which every character takes at most two in JSON again.
  return jsonOf({ message: cut(text, LOG_LINE_LIMIT / 2 - 128) });
}

function cut(text: string, length: number): string {
  const note = `… [cut: ${text.length} characters, at most ${LOG_LINE_LIMIT} are kept]`;
  return text.length > LOOK_LIMIT ? note : stringSlice(text, 0, length - note.length) + note;
}

interface JsonMessage {
  message: unknown;
  errorType?: unknown;
  errorMessage?: unknown;
  stackTrace?: unknown;
}

function jsonOfOne(chunks: Chunks, message: unknown): string {
  try {
    return jsonOf({ message }, describeErrors);
  } catch {
    // A cycle, a BigInt or a throwing toJSON.
    return jsonOf({ message: format(chunks, [message]) });
  }
}

function jsonOfSeveral(chunks: Chunks, args: readonly unknown[]): string {
  const fields = record<JsonMessage>({ message: format(chunks, args) });
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    if (!isInstance(SafeError, arg)) continue;
    objectAssign(fields, describe(arg as Error));
    break;
  }
  return jsonOf(fields);
}

function jsonOf(fields: JsonMessage, replacer?: (key: string, value: unknown) => unknown): string {
  return jsonStringify(record(fields), replacer) ?? "{}";
}

function describeErrors(_key: string, value: unknown): unknown {
  return isInstance(SafeError, value) ? objectAssign(describe(value as Error), value) : value;
}

function describe(error: Error): object {
  const { stack } = error as { readonly stack?: unknown };
  return record({
    errorType: typeName(error),
    errorMessage: error.message,
    stackTrace: typeof stack === "string" ? shielded(stringSplit(stack, "\n")) : stack,
  });
}

function typeName(error: object): unknown {
  const { constructor } = error as { readonly constructor?: { readonly name?: unknown } | null };
  return constructor?.name ?? "UnknownError";
}

function format(chunks: Chunks, args: readonly unknown[]): string {
  return joinPlain(args) ?? string(reflectApply(chunks.load("inspect").format, undefined, args));
}

/** What `util.format` makes of texts and plain values, for which its chunk need not be loaded. */
function joinPlain(args: readonly unknown[]): string | undefined {
  let text = "";
  for (let index = 0; index < args.length; index++) {
    const part = plain(args[index]);
    if (part === undefined || (index === 0 && args.length > 1 && hasPlaceholder(args[0]))) return undefined;
    text += index === 0 ? part : ` ${part}`;
  }
  return text;
}

function plain(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return value === 0 && 1 / value < 0 ? "-0" : `${value}`;
    case "boolean":
    case "undefined":
      return `${value}`;
    default:
      return value === null ? "null" : undefined;
  }
}

function hasPlaceholder(first: unknown): boolean {
  return typeof first === "string" && stringIncludes(first, "%");
}

/** `console` itself. Its functions need no receiver. */
export function createConsole(logger: Logger, chunks: Chunks, now: () => number): object {
  const at =
    (level: number) =>
    (...args: unknown[]): void =>
      logger.log(level, args);
  const info = at(Level.Info);
  const warn = at(Level.Warn);
  const group = (...label: unknown[]): void => {
    if (label.length > 0) logger.log(Level.Info, label);
  };
  return {
    log: info,
    info,
    debug: at(Level.Debug),
    warn,
    error: at(Level.Error),
    trace: at(Level.Trace),
    fatal: at(Level.Fatal),
    assert(condition?: unknown, ...args: unknown[]): void {
      if (condition) return;
      const startsWithText = typeof args[0] === "string";
      const first = startsWithText ? `Assertion failed: ${args[0] as string}` : "Assertion failed";
      logger.log(Level.Warn, listOf(first, args, startsWithText ? 1 : 0));
    },
    dir: (value: unknown, options?: object): void =>
      info(string(chunks.load("inspect").inspect(value, record({ customInspect: false, ...options })))),
    dirxml: info,
    clear(): void {
      // There is no screen.
    },
    table: (data: unknown, columns?: unknown): void =>
      info(
        typeof data === "object" && data !== null
          ? string(chunks.load("inspect").formatTable(data, columns))
          : data,
      ),
    // Lambda replaces the functions that would indent, so its groups never do.
    group,
    groupCollapsed: group,
    groupEnd(): void {
      // See group.
    },
    ...counters(info, warn),
    ...stopwatches(info, warn, chunks, now),
    [Symbol.toStringTag]: "console",
  };
}

/** `first`, then `rest` from its `start` on. */
function listOf(first: unknown, rest: readonly unknown[], start: number): unknown[] {
  const list = [first];
  for (let index = start; index < rest.length; index++) append(list, rest[index]);
  return list;
}

type Log = (...args: unknown[]) => void;

function counters(info: Log, warn: Log): object {
  const counts = new SafeMap<string, number>();
  return {
    count(label: unknown = "default"): void {
      const name = string(label);
      const count = (mapGet(counts, name) ?? 0) + 1;
      mapSet(counts, name, count);
      info(`${name}: ${count}`);
    },
    countReset(label: unknown = "default"): void {
      const name = string(label);
      if (!mapDelete(counts, name)) warn(`Count for '${name}' does not exist`);
    },
  };
}

function stopwatches(info: Log, warn: Log, chunks: Chunks, now: () => number): object {
  const started = new SafeMap<string, number>();

  function report(label: unknown, rest: unknown[]): string | undefined {
    const name = string(label);
    const startedAt = mapGet(started, name);
    if (startedAt === undefined) {
      warn(`No such label '${name}' for console.time()`);
      return undefined;
    }
    const took = string(chunks.load("inspect").formatDuration(now() - startedAt));
    reflectApply(info, undefined, listOf(`${name}: ${took}`, rest, 0));
    return name;
  }

  return {
    time(label: unknown = "default"): void {
      const name = string(label);
      if (mapGet(started, name) !== undefined) warn(`Label '${name}' already exists for console.time()`);
      else mapSet(started, name, now());
    },
    timeLog: (label: unknown = "default", ...rest: unknown[]): unknown => void report(label, rest),
    timeEnd(label: unknown = "default"): void {
      const name = report(label, []);
      if (name !== undefined) mapDelete(started, name);
    },
  };
}
