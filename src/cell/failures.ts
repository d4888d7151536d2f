import type { GuestError } from "../guest/contract.ts";
import { ERROR_TEXT_LIMIT } from "../guest/contract.ts";

/** Where isolated-vm's own frames and the cell's begin in a stack it copied out of an isolate. */
const BOUNDARY = "\n    at (<isolated-vm boundary>)";

/** JSON of a GuestError. */
export function failureText(errorType: string, errorMessage: string, trace?: readonly string[]): string {
  const error: GuestError = { errorType, errorMessage, ...(trace && { trace }) };
  return JSON.stringify(error);
}

/** Name, message and stack lines of something thrown out of an isolate, as isolated-vm copied it. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly trace: readonly string[];
}

/** Reads what isolated-vm threw without trusting its size. Never throws. */
export function readThrown(error: unknown): Thrown {
  if (!(error instanceof Error)) return { name: typeof error, message: cut(String(error)), trace: [] };
  const { name, message, stack } = error;
  const text = cut(stack ?? "");
  const end = text.indexOf(BOUNDARY);
  return { name: cut(name), message: cut(message), trace: (end < 0 ? text : text.slice(0, end)).split("\n") };
}

/** How Lambda's client reports a promise that was rejected and not handled. */
export function unhandledRejectionText(error: unknown): string {
  const { name, message, trace } = readThrown(error);
  const reason = error instanceof Error ? `${name}: ${message}` : message;
  const frames = trace.filter((line) => line.startsWith("    at "));
  return failureText("Runtime.UnhandledPromiseRejection", reason, [
    `Runtime.UnhandledPromiseRejection: ${reason}`,
    ...frames,
  ]);
}

/** What an error during the evaluation of an ES module becomes. */
export function moduleFailureText(error: unknown): string {
  const { name, message, trace } = readThrown(error);
  if (name === "SyntaxError")
    return failureText("Runtime.UserCodeSyntaxError", `SyntaxError: ${message}`, trace);
  return failureText(name, message, trace);
}

function cut(text: string): string {
  return text.length > ERROR_TEXT_LIMIT ? text.slice(0, ERROR_TEXT_LIMIT) : text;
}
