import { describeValue, SourceError } from "../base/errors.ts";

/** Refuses an option of a source. */
export function invalidSource(message: string, cause?: unknown): SourceError {
  return new SourceError(message, "INVALID_SOURCE", cause);
}

/** An integer option: `value` or `fallback` when it was left out, refused outside `min` to `max`. */
export function integerOption(
  subject: string,
  field: string,
  value: number | undefined,
  fallback: number,
  range: { readonly min: number; readonly max: number },
): number {
  if (value === undefined) return fallback;
  if (Number.isInteger(value) && value >= range.min && value <= range.max) return value;
  throw invalidSource(
    `${subject}: ${field} is ${describeValue(value)}; allowed: an integer from ${range.min} to ${range.max}.`,
  );
}

/** The name of the function a source feeds; what it names is looked up by the engine at each invocation. */
export function functionOption(subject: string, value: unknown): string {
  if (typeof value === "string" && value.length > 0) return value;
  throw invalidSource(
    `${subject}: function is ${describeValue(value)}; allowed: a function's name, "fn:alias", "fn:version" or its ARN.`,
  );
}

/** The stable code of an isolet error, whichever copy of the package made it. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
