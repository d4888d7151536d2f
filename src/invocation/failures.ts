import type { FunctionErrorShape } from "./result.ts";

/** Lambda's error for a passed `timeoutMs`. */
export function timedOut(requestId: string, timeoutMs: number): FunctionErrorShape {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

/** The cell, and with it the environment, was lost while the invocation ran. */
export function cellLost(requestId: string, reason: string): FunctionErrorShape {
  return {
    errorType: "Sandbox.CellLost",
    errorMessage: `RequestId: ${requestId} Error: The environment was lost while the invocation ran: ${reason}`,
  };
}

/** Lambda's error for a response over the limit; undefined when it is within. */
export function tooLarge(text: string, limitBytes: number): FunctionErrorShape | undefined {
  // Three bytes are the most that a UTF-16 unit takes, so that most responses need not be measured.
  if (text.length * 3 <= limitBytes) return undefined;
  const bytes = Buffer.byteLength(text);
  if (bytes <= limitBytes) return undefined;
  return {
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${limitBytes} bytes).`,
  };
}

/** Platform error types whose messages Lambda starts with the request id. */
const WITH_REQUEST_ID = new Set(["Runtime.ExitError", "Runtime.OutOfMemory"]);

/** A GuestError's text, read defensively: it has been in a guest. */
export function readGuestError(text: string, requestId: string): FunctionErrorShape {
  const error = parseObject(text);
  const errorType = stringOr(error["errorType"], "Runtime.Unknown");
  const message = stringOr(error["errorMessage"], "");
  const errorMessage = WITH_REQUEST_ID.has(errorType) ? `RequestId: ${requestId} ${message}` : message;
  const { trace } = error;
  if (!Array.isArray(trace)) return { errorType, errorMessage };
  return { errorType, errorMessage, trace: trace.filter((line): line is string => typeof line === "string") };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function stringOr(value: unknown, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}
