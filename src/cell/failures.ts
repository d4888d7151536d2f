import type { GuestError } from "../guest/contract.ts";
import { DEFAULT_ERROR_BYTES } from "../guest/contract.ts";

/** Where isolated-vm's own frames and the cell's begin in a stack it copied out of an isolate. */
const BOUNDARY = "\n    at (<isolated-vm boundary>)";

/** Where the cell's own program lies. */
const PROGRAM = new URL(".", import.meta.url).href;

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

/** Reads what isolated-vm threw without trusting its size, and nothing of the cell's own stack. Never throws. */
export function readThrown(error: unknown, limitBytes: number = DEFAULT_ERROR_BYTES): Thrown {
  if (!(error instanceof Error))
    return { name: typeof error, message: cut(String(error), limitBytes), trace: [] };
  const { name, message, stack } = error;
  const trace = cut(guestPart(stack ?? ""), limitBytes).split("\n");
  return { name: cut(name, 256), message: cut(message, limitBytes), trace };
}

/**
 * A stack without the cell's frames. Those stand behind the boundary, and also before it when what was thrown had no stack
 * of its own.
 */
function guestPart(stack: string): string {
  const boundary = stack.indexOf(BOUNDARY);
  const part = boundary < 0 ? stack : stack.slice(0, boundary);
  if (!part.includes(PROGRAM)) return part;
  return part
    .split("\n")
    .filter((line) => !isCellFrame(line))
    .join("\n");
}

function isCellFrame(line: string): boolean {
  return line.startsWith("    at ") && (line.includes(PROGRAM) || line.includes("node:"));
}

/** JSON of the `GuestRejection` that stands for what a promise was rejected with. */
export function rejectionText(reason: unknown, limitBytes: number = DEFAULT_ERROR_BYTES): string {
  if (!(reason instanceof Error)) {
    const value = typeof reason === "string" ? cut(reason, limitBytes) : reason;
    return JSON.stringify(
      typeof value === "object" ? {} : { value: typeof value === "bigint" ? String(value) : value },
    );
  }
  const { name, message, trace } = readThrown(reason, limitBytes);
  return JSON.stringify({ error: { name, message, stack: trace.join("\n") } });
}

/** How Lambda's client reports a promise that was rejected and not handled. */
export function unhandledRejectionText(error: unknown, limitBytes: number = DEFAULT_ERROR_BYTES): string {
  const { name, message, trace } = readThrown(error, limitBytes);
  const reason = error instanceof Error ? `${name}: ${message}` : message;
  const frames = trace.filter((line) => line.startsWith("    at "));
  return failureText("Runtime.UnhandledPromiseRejection", reason, [
    `Runtime.UnhandledPromiseRejection: ${reason}`,
    ...frames,
  ]);
}

/** What an error during the evaluation of an ES module becomes. */
export function moduleFailureText(error: unknown, limitBytes: number = DEFAULT_ERROR_BYTES): string {
  const { name, message, trace } = readThrown(error, limitBytes);
  if (name === "SyntaxError")
    return failureText("Runtime.UserCodeSyntaxError", `SyntaxError: ${message}`, trace);
  return failureText(name, message, trace);
}

/** The beginning of a text, of at most so many bytes in UTF-8. */
function cut(text: string, limitBytes: number): string {
  if (text.length * 3 <= limitBytes) return text;
  const start = text.slice(0, limitBytes);
  if (Buffer.byteLength(start) <= limitBytes) return start;
  const bytes = Buffer.from(start);
  let end = limitBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}
