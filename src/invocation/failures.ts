import { InvalidPayloadError } from "../base/errors.ts";
import { MAX_RESULT_DEPTH, TooDeepError } from "./chunked-reader.ts";
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
  return bytes > limitBytes ? oversized(bytes, limitBytes) : undefined;
}

/** Lambda's error for a response of so many bytes. */
export function oversized(bytes: number, limitBytes: number): FunctionErrorShape {
  return {
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${limitBytes} bytes).`,
  };
}

/** Platform error types whose messages Lambda starts with the request id. */
const WITH_REQUEST_ID = new Set(["Runtime.ExitError", "Runtime.OutOfMemory", "Sandbox.LimitExceeded"]);

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

/** What the guest runtime says of an event that isn't JSON, as Lambda's clients do. */
export const UNMARSHAL_ERROR = "Runtime.UnmarshalError";

/** The event of an invocation isn't JSON. */
export function malformedEvent(cause: SyntaxError): InvalidPayloadError {
  return new InvalidPayloadError(`The payloadText is not JSON: ${cause.message}. Pass JSON text.`, cause);
}

/**
 * A result that can't be read. Its text has been in a guest: whatever it is, it can harm nobody but who asked for it.
 */
export function malformedResponse(cause: unknown): FunctionErrorShape {
  const errorMessage =
    cause instanceof TooDeepError
      ? `The response nests deeper than ${MAX_RESULT_DEPTH} levels.`
      : "The response is not valid JSON.";
  return { errorType: "Runtime.MalformedResponse", errorMessage };
}
