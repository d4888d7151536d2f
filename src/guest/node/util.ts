/** `node:util`. What few functions use is loaded when it is used. */
import types from "node:util/types";
import type { Parts } from "../runtime/globals/parts.ts";
import { isDeepEqual } from "./shared/deep-equal.ts";
import { invalidArgType } from "./shared/errors.ts";
import { lineDiff } from "./shared/line-diff.ts";
import { requireObject, requireSignal, requireString, type Signal } from "./shared/validate.ts";
import { callSites } from "./util/call-sites.ts";
import { callbackify, deprecate, extend, inherits, promisify } from "./util/functions.ts";
import { MIMEParams, MIMEType } from "./util/mime.ts";
import { parseArgs } from "./util/parse-args.ts";
import {
  errnoException,
  exceptionWithHostPort,
  getSystemErrorMap,
  getSystemErrorMessage,
  getSystemErrorName,
} from "./util/system-errors.ts";
import { debuglogWith, parseEnv, styleTextWith } from "./util/text.ts";

declare const require: (name: string) => unknown;

type Anything = (...args: unknown[]) => unknown;
type InspectChunk = Record<"inspect" | "format" | "formatWithOptions" | "stripVTControlCharacters", Anything>;

/** `util.inspect`, which loads what it needs on the first call. */
function lazyInspect(chunk: () => InspectChunk): object {
  const inspect = (...args: unknown[]): unknown => chunk().inspect(...args);
  const property = (name: string): PropertyDescriptor => ({
    get: (): unknown => Reflect.get(chunk().inspect, name),
    set: (value: unknown) => void Reflect.set(chunk().inspect, name, value),
    enumerable: true,
    configurable: true,
  });
  return Object.defineProperties(inspect, {
    custom: { value: Symbol.for("nodejs.util.inspect.custom"), enumerable: true },
    defaultOptions: property("defaultOptions"),
    colors: property("colors"),
    styles: property("styles"),
    replDefaults: property("replDefaults"),
  });
}

async function aborted(signal: unknown, resource: unknown): Promise<void> {
  if (signal === undefined) throw invalidArgType("signal", "AbortSignal", signal);
  requireSignal(signal, "signal");
  requireObject(resource, "resource");
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

/** Differences of two texts or lists: `[0 | 1 | -1, item]`, item by item. */
function diff(actual: unknown, expected: unknown): [number, unknown][] {
  for (const [name, value] of [
    ["actual", actual],
    ["expected", expected],
  ] as const) {
    if (typeof value !== "string" && !Array.isArray(value))
      throw invalidArgType(name, ["Array", "string"], value);
  }
  if (actual === expected) return [];
  return lineDiff(Array.from(actual as string[]), Array.from(expected as string[]));
}

const SIGNALS: readonly string[] = [
  ...[
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
  ],
  ...["SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP"],
  ...["SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH"],
  ...["SIGIO", "SIGPWR", "SIGSYS"],
];

function convertProcessSignalToExitCode(signal: unknown): number {
  requireString(signal, "signalCode");
  const index = SIGNALS.indexOf(signal);
  if (index < 0) throw invalidArgType("signalCode", "a signal's name", signal);
  return 129 + index;
}

/** A signal can't be transferred to another thread: there is none. */
function transferableAbortSignal(signal: unknown): Signal | undefined {
  requireSignal(signal, "signal");
  return signal;
}

/** So that `promisify(setTimeout)` is the one of `timers/promises`. */
function promiseTimers({ timers }: Parts): void {
  for (const name of ["setTimeout", "setImmediate"] as const) {
    Object.defineProperty(timers[name], promisify.custom, {
      get: () => (require("node:timers/promises") as Record<string, unknown>)[name],
      enumerable: true,
      configurable: true,
    });
  }
}

export function create(parts: Parts): object {
  promiseTimers(parts);
  const chunk = (): InspectChunk => parts.chunks.load("inspect") as unknown as InspectChunk;
  const format = (...args: unknown[]): string => chunk().format(...args) as string;
  const debuglog = debuglogWith(format);
  const inspect = lazyInspect(chunk);
  const colors = (): never => Reflect.get(inspect, "colors") as never;
  return {
    _errnoException: errnoException,
    _exceptionWithHostPort: exceptionWithHostPort,
    _extend: extend,
    callbackify,
    convertProcessSignalToExitCode,
    debug: debuglog,
    debuglog,
    deprecate,
    format,
    styleText: styleTextWith(colors),
    formatWithOptions: (...args: unknown[]) => chunk().formatWithOptions(...args),
    getCallSites: callSites,
    getSystemErrorMap,
    getSystemErrorName,
    getSystemErrorMessage,
    inherits,
    inspect,
    isArray: Array.isArray,
    isDeepStrictEqual: (a: unknown, b: unknown) => isDeepEqual(a, b, "strict"),
    promisify,
    stripVTControlCharacters: (text: unknown) => {
      requireString(text, "str");
      return chunk().stripVTControlCharacters(text);
    },
    toUSVString: (text: unknown) => String(text).toWellFormed(),
    transferableAbortSignal,
    transferableAbortController: () => new AbortController(),
    aborted,
    types,
    parseEnv,
    parseArgs,
    get TextDecoder() {
      return TextDecoder;
    },
    get TextEncoder() {
      return TextEncoder;
    },
    MIMEType,
    MIMEParams,
    diff,
    setTraceSigInt: () => undefined,
  };
}
