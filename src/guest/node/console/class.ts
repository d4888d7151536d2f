/** The class `Console`, over streams of the caller's. */
import { formatWithOptions } from "node:util";
import { invalidArgType, nodeError } from "../shared/errors.ts";

interface Output {
  write(text: string): unknown;
}

export interface ConsoleOptions {
  readonly stdout?: Output;
  readonly stderr?: Output;
  readonly ignoreErrors?: boolean;
  readonly colorMode?: boolean | "auto";
  readonly inspectOptions?: object;
  readonly groupIndentation?: number;
}

/** Formats a table as the runtime's own console does. */
export type FormatTable = (data: unknown, columns: unknown) => string | undefined;

type Line = (...args: unknown[]) => void;

/** As Node has it: the methods are each console's own, so that they can be passed about. */
export function createConsoleMethods(
  console: object,
  given: ConsoleOptions | Output,
  errorOutput: Output | undefined,
  formatTable: FormatTable,
): Record<string, unknown> {
  const options: ConsoleOptions =
    "write" in given ? { stdout: given, ...(errorOutput && { stderr: errorOutput }) } : given;
  const { stdout, stderr = stdout, ignoreErrors = true, groupIndentation = 2 } = options;
  const inspectOptions = { colors: options.colorMode === true, ...options.inspectOptions };
  for (const [name, output] of [
    ["stdout", stdout],
    ["stderr", stderr],
  ] as const) {
    if (typeof output?.write !== "function") {
      throw nodeError(
        TypeError,
        "ERR_CONSOLE_WRITABLE_STREAM",
        `Console expects a writable stream instance for ${name}`,
      );
    }
  }
  let indent = "";
  const counts = new Map<string, number>();
  const starts = new Map<string, number>();

  function write(output: Output | undefined, text: string): void {
    const lines = indent === "" ? text : text.replaceAll(/^/gm, indent);
    try {
      output?.write(`${lines}\n`);
    } catch (error) {
      if (!ignoreErrors) throw error;
    }
  }
  const to =
    (output: Output | undefined): Line =>
    (...args) =>
      write(output, formatWithOptions(inspectOptions, ...args));
  const log = to(stdout);
  const warn = to(stderr);

  function elapsed(label: string): string | undefined {
    const start = starts.get(label);
    if (start !== undefined) return `${label}: ${(performance.now() - start).toFixed(3)}ms`;
    process.emitWarning(`No such label '${label}' for console.timeLog()`);
    return undefined;
  }

  const group: Line = (...label) => {
    if (label.length > 0) log(...label);
    indent += " ".repeat(groupIndentation);
  };
  return {
    log,
    warn,
    dir: (value: unknown, more?: object) =>
      write(stdout, formatWithOptions({ customInspect: false, ...inspectOptions, ...more }, "%O", value)),
    time: (label: unknown = "default") => void starts.set(String(label), performance.now()),
    timeEnd: (label: unknown = "default") => {
      const text = elapsed(String(label));
      if (text !== undefined) log(text);
      starts.delete(String(label));
    },
    timeLog: (label: unknown = "default", ...data: unknown[]) => {
      const text = elapsed(String(label));
      if (text !== undefined) log(text, ...data);
    },
    trace: (...args: unknown[]) => {
      const error = new Error(formatWithOptions(inspectOptions, ...args));
      error.name = "Trace";
      Error.captureStackTrace(error, console as () => void);
      write(stderr, error.stack ?? "Trace");
    },
    assert: (condition: unknown, ...args: unknown[]) => {
      if (condition) return;
      if (typeof args[0] === "string") args[0] = `Assertion failed: ${args[0]}`;
      else args.unshift("Assertion failed");
      warn(...args);
    },
    clear: () => undefined,
    count: (label: unknown = "default") => {
      const name = String(label);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      log(`${name}: ${count}`);
    },
    countReset: (label: unknown = "default") => void counts.delete(String(label)),
    group,
    groupEnd: () => {
      indent = indent.slice(0, Math.max(0, indent.length - groupIndentation));
    },
    table: (data: unknown, columns?: unknown) => {
      if (columns !== undefined && !Array.isArray(columns))
        throw invalidArgType("properties", "Array", columns);
      const text = typeof data === "object" && data !== null ? formatTable(data, columns) : undefined;
      if (text === undefined) log(data);
      else write(stdout, text);
    },
    debug: log,
    info: log,
    dirxml: log,
    error: warn,
    groupCollapsed: group,
  };
}
