/** Whose fault an error is: the caller's (a wrong request), the function's, or the platform's (limits, capacity, bugs). */
export type Fault = "caller" | "function" | "platform";

/** Every code an {@link IsoletError} can carry, with what it means. Codes are stable: match on them, never on messages. */
export const ERROR_CODES = {
  INVALID_OPTION: "an engine option has a value outside its allowed range",
  INVALID_SETTING: "a function setting has a value outside its allowed range",
  INVALID_CODE: "the code given to deploy can't be read, bundled or parsed",
  INVALID_NAME: "a function name, alias, version or ARN is malformed",
  FUNCTION_NOT_FOUND: "no function, version or alias of that name is deployed",
  FUNCTION_CONFLICT: "the function can't be changed in its present state",
  INVALID_PAYLOAD: "the payload can't be written as JSON",
  PAYLOAD_TOO_LARGE: "the payload is over the request limit",
  THROTTLED: "admission refused the invocation: a concurrency, backlog or waiting limit",
  ABORTED: "the caller's AbortSignal ended the invocation",
  ENGINE_CLOSED: "the engine is closed or draining",
  INVALID_SOURCE: "an event source was given options it can't work with",
  SOURCE_CONFLICT: "the event source is attached or stopped already",
  FUNCTION_FAILED: "the function itself failed (thrown only by engine.function callables)",
  CELL_LOST: "the cell that ran the environment ended",
  FUNCTION_REFUSED: "the function took a thread of the host with it and isn't run in-process any more",
  PLATFORM: "a fault of isolet itself",
} as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an {@link IsoletError} is made of. */
export interface IsoletErrorOptions {
  readonly code: ErrorCode;
  readonly fault: Fault;
  /** Whether the same call may succeed later without a change; default false. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** Base of every error isolet throws. The message says what happened, the limit and its value, and what to do. */
export class IsoletError extends Error {
  readonly code: ErrorCode;
  readonly fault: Fault;
  readonly retryable: boolean;

  constructor(message: string, options: IsoletErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.fault = options.fault;
    this.retryable = options.retryable ?? false;
  }
}

/** A setting or option with a value outside its allowed range. */
export class InvalidOptionError extends IsoletError {
  /** Path of the field, such as `retry.maxAttempts`. */
  readonly field: string;
  /** The refused value, as given. */
  readonly value: unknown;
  /** The allowed range, in words. */
  readonly allowed: string;

  constructor(
    subject: string,
    field: string,
    value: unknown,
    allowed: string,
    code: "INVALID_OPTION" | "INVALID_SETTING",
  ) {
    super(`${subject}: ${field} is ${describeValue(value)}; allowed: ${allowed}.`, { code, fault: "caller" });
    this.field = field;
    this.value = value;
    this.allowed = allowed;
  }
}

/** The code given to `deploy` can't be read, bundled or parsed. */
export class InvalidCodeError extends IsoletError {
  /** Lambda's error type for the same fault: `Runtime.UserCodeSyntaxError` or `Runtime.ImportModuleError`. */
  readonly errorType: string;

  constructor(message: string, errorType: string, cause?: unknown) {
    super(message, { code: "INVALID_CODE", fault: "caller", cause });
    this.errorType = errorType;
  }
}

/** A function name, alias, version or ARN that is malformed. */
export class InvalidNameError extends IsoletError {
  constructor(message: string) {
    super(message, { code: "INVALID_NAME", fault: "caller" });
  }
}

/** No function, version or alias of that name (Lambda: `ResourceNotFoundException`). */
export class FunctionNotFoundError extends IsoletError {
  constructor(message: string) {
    super(message, { code: "FUNCTION_NOT_FOUND", fault: "caller" });
  }
}

/** The function can't be changed in its present state (Lambda: `ResourceConflictException`). */
export class FunctionConflictError extends IsoletError {
  constructor(message: string) {
    super(message, { code: "FUNCTION_CONFLICT", fault: "caller" });
  }
}

/** The payload can't be written as JSON (Lambda: `InvalidRequestContentException`). */
export class InvalidPayloadError extends IsoletError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: "INVALID_PAYLOAD", fault: "caller", cause });
  }
}

/** The payload is over the request limit (Lambda: `RequestTooLargeException`). */
export class PayloadTooLargeError extends IsoletError {
  readonly sizeBytes: number;
  readonly limitBytes: number;

  constructor(sizeBytes: number, limitBytes: number) {
    super(
      `The payload has ${sizeBytes} bytes, over the limit payloadLimitBytes of ${limitBytes}. ` +
        `Send less, pass a reference to the data, or raise the engine option payloadLimitBytes.`,
      { code: "PAYLOAD_TOO_LARGE", fault: "caller" },
    );
    this.sizeBytes = sizeBytes;
    this.limitBytes = limitBytes;
  }
}

/** Which limit refused an invocation; Lambda's `Reason` where it has one. */
export type ThrottleReason =
  | "AccountConcurrency"
  | "ReservedConcurrency"
  | "BacklogFull"
  | "FunctionBacklogFull"
  | "QueueDeadline"
  | "EnvironmentLimit";

/** Admission refused the invocation (Lambda: `TooManyRequestsException`). Always retryable. */
export class ThrottledError extends IsoletError {
  readonly reason: ThrottleReason;
  /** Name of the option or setting that set the limit. */
  readonly limit: string;
  readonly limitValue: number;

  constructor(message: string, reason: ThrottleReason, limit: string, limitValue: number) {
    super(message, { code: "THROTTLED", fault: "platform", retryable: true });
    this.reason = reason;
    this.limit = limit;
    this.limitValue = limitValue;
  }
}

/** The caller's `AbortSignal` ended the invocation; `cause` is the signal's reason. */
export class AbortedError extends IsoletError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: "ABORTED", fault: "caller", cause });
  }
}

/** The engine is closed or draining. */
export class EngineClosedError extends IsoletError {
  constructor(message: string = "The engine is closed; make a new Engine to invoke functions again.") {
    super(message, { code: "ENGINE_CLOSED", fault: "caller" });
  }
}

/** An event source was given options it can't work with, or is used out of turn. */
export class SourceError extends IsoletError {
  constructor(message: string, code: "INVALID_SOURCE" | "SOURCE_CONFLICT", cause?: unknown) {
    super(message, { code, fault: "caller", cause });
  }
}

/** The cell that ran an environment ended. Retryable: the invocation may or may not have had effects. */
export class CellLostError extends IsoletError {
  constructor(message: string) {
    super(message, { code: "CELL_LOST", fault: "platform", retryable: true });
  }
}

/**
 * The function went into a native loop that nothing can stop and took its cell's thread with it: it isn't run in-process
 * again until it is deployed anew. With `isolation: "process"` its process would have been killed.
 */
export class FunctionRefusedError extends IsoletError {
  readonly functionName: string;
  readonly functionVersion: string;

  constructor(functionName: string, functionVersion: string) {
    super(
      `Function "${functionName}" version ${functionVersion} could not be stopped and has cost a thread of this process; ` +
        `it is not run in-process any more. Deploy it with isolation: "process", or deploy code that doesn't do that.`,
      { code: "FUNCTION_REFUSED", fault: "function" },
    );
    this.functionName = functionName;
    this.functionVersion = functionVersion;
  }
}

/** A fault of isolet itself: please report it. */
export class PlatformError extends IsoletError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: "PLATFORM", fault: "platform", cause });
  }
}

/** A short, safe rendering of a refused value for a message. */
export function describeValue(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol" || typeof value === "bigint") return value.toString();
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  return String(value);
}
