import { ERROR_TEXT_LIMIT } from "../contract.ts";
import {
  append,
  isInstance,
  jsonOfString,
  jsonOfStrings,
  reflectGet,
  SafeError,
  string,
  stringIncludes,
  stringSlice,
  stringSplit,
  stringStartsWith,
} from "./primordials.ts";

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
  const head = `{"errorType":${jsonOfString(cut(errorType, 256))},"errorMessage":${jsonOfString(cut(errorMessage))}`;
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
      return errorText(textOf(thrown, "name"), textOf(thrown, "message"), traceOf(thrown));
    return errorText(typeof thrown, thrown === null ? "null" : string(thrown), []);
  } catch {
    return errorText(
      "handled",
      "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
    );
  }
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

function cut(text: string, limit: number = ERROR_TEXT_LIMIT): string {
  return text.length > limit ? stringSlice(text, 0, limit) : text;
}
