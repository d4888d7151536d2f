import { DEFAULT_ERROR_BYTES, LOOK_LIMIT } from "../contract.ts";
import {
  append,
  isInstance,
  jsonOfString,
  jsonOfStrings,
  reflectGet,
  SafeError,
  string,
  stringCharCodeAt,
  stringIncludes,
  stringSlice,
  stringSplit,
  stringStartsWith,
} from "./primordials.ts";

/** Longest error type, in UTF-16 units. */
const TYPE_LENGTH = 256;

let errorBytes: number = DEFAULT_ERROR_BYTES;

/** Most bytes of a message and of a trace, from now on. */
export function setErrorBytes(bytes: number): void {
  errorBytes = bytes;
}

let missing: () => void = () => undefined;

/** Calls `listener` when a function fails for want of a global that it could be granted, but for memory that it shares. */
export function onMissingGlobal(listener: () => void): void {
  missing = listener;
}

/** Frames of the runtime itself, which mean nothing to the user. */
const RUNTIME_FRAME = "isolet:";

/** A failure of the runtime's own making, with Lambda's error type. */
export class RuntimeFailure extends SafeError {
  readonly errorType: string;
  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

/** A GuestError as JSON text, built by hand so that no `toJSON` or getter of the user's has a say in it. */
export function errorText(errorType: string, errorMessage: string, trace?: readonly string[]): string {
  const head = `{"errorType":${jsonOfString(cut(errorType, TYPE_LENGTH))},"errorMessage":${jsonOfString(cut(errorMessage))}`;
  return trace === undefined ? head + "}" : `${head},"trace":${jsonOfStrings(trace)}}`;
}

/**
 * What Lambda's runtime client makes of whatever a handler threw or rejected with: name, message and stack lines of
 * something that looks like an Error, the `typeof` and text of anything else.
 */
export function failureText(thrown: unknown): string {
  try {
    if (isFailure(thrown)) return errorText(thrown.errorType, thrown.message);
    if (looksLikeError(thrown))
      return errorText(textOf(thrown, "name"), withGrant(textOf(thrown, "message")), traceOf(thrown));
    return errorText(typeof thrown, thrown === null ? "null" : string(thrown), []);
  } catch {
    return errorText(
      "handled",
      "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
    );
  }
}

/** Libraries are to find no such global, so it can't name its grant itself. */
function withGrant(message: string): string {
  if (message === "WebAssembly is not defined") {
    missing();
    return `${message}: grant it with permissions: { wasm: true }`;
  }
  return message === "SharedArrayBuffer is not defined"
    ? `${message}: grant it with permissions: { sharedArrayBuffer: true }`
    : message;
}

function isFailure(thrown: unknown): thrown is RuntimeFailure {
  return isInstance(RuntimeFailure, thrown);
}

function looksLikeError(thrown: unknown): thrown is object {
  if (isInstance(SafeError, thrown)) return true;
  if (typeof thrown !== "object" || thrown === null) return false;
  return hasText(thrown, "name") && hasText(thrown, "message") && hasText(thrown, "stack");
}

function hasText(target: object, key: string): boolean {
  const value = reflectGet(target, key);
  return typeof value === "string" && value !== "";
}

function textOf(target: object, key: string): string {
  const value = reflectGet(target, key);
  return typeof value === "string" ? value : string(value);
}

function traceOf(thrown: object): string[] {
  const stack = reflectGet(thrown, "stack");
  if (typeof stack !== "string") return [];
  const lines = stringSplit(cut(stack), "\n");
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (!isRuntimeFrame(line)) append(kept, line);
  }
  return kept;
}

function isRuntimeFrame(line: string): boolean {
  if (!stringStartsWith(line, "    at ")) return false;
  return stringIncludes(line, `(${RUNTIME_FRAME}`) || stringStartsWith(line, `    at ${RUNTIME_FRAME}`);
}

/** The beginning of a text, of at most so many bytes in UTF-8. */
function cut(text: string, limitBytes: number = errorBytes): string {
  const { length } = text;
  if (length * 3 <= limitBytes) return text;
  if (length > LOOK_LIMIT) return `[a text of ${length} characters]`;
  let bytes = 0;
  let end = 0;
  for (; end < length; end++) {
    bytes += utf8Bytes(stringCharCodeAt(text, end));
    if (bytes > limitBytes) break;
  }
  return end < length ? stringSlice(text, 0, end) : text;
}

/** Of one UTF-16 unit; a surrogate is half of four. */
function utf8Bytes(unit: number): number {
  if (unit < 0x80) return 1;
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
}
