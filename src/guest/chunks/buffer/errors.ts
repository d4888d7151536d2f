/** Errors as Node's `Buffer` throws them. */

type ErrorClass = new (message: string) => Error;

function coded(Base: ErrorClass, code: string, message: string): Error {
  return Object.defineProperty(new Base(message), "code", {
    value: code,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function received(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value !== "object") return `type ${typeof value} (${shown(value)})`;
  const { constructor } = value as { readonly constructor?: { readonly name?: string } };
  return constructor?.name ? `an instance of ${constructor.name}` : "[Object: null prototype] {}";
}

function shown(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "string"
    ? `'${value.length > 28 ? `${value.slice(0, 25)}...` : value}'`
    : String(value);
}

/** Numbers of more than ten digits have underscores in Node's messages. */
function grouped(value: unknown): string {
  const isLong =
    typeof value === "bigint"
      ? value > 2n ** 32n || value < -(2n ** 32n)
      : Number.isInteger(value) && Math.abs(value as number) > 2 ** 32;
  const text = Object.is(value, -0) ? "-0" : shown(value);
  return isLong ? text.replace(/\B(?=(\d{3})+n?$)/g, "_") : text;
}

export function wrongType(subject: string, expected: string, value: unknown): Error {
  return coded(
    TypeError,
    "ERR_INVALID_ARG_TYPE",
    `The ${subject} must be ${expected}. Received ${received(value)}`,
  );
}

export function notAText(): Error {
  return coded(TypeError, "ERR_INVALID_ARG_TYPE", "argument must be a string");
}

export function outOfRange(name: string, range: string, value: unknown): Error {
  return coded(
    RangeError,
    "ERR_OUT_OF_RANGE",
    `The value of "${name}" is out of range. It must be ${range}. Received ${grouped(value)}`,
  );
}

export function outOfBounds(): Error {
  return coded(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", "Attempt to access memory outside buffer bounds");
}

export function unknownEncoding(encoding: unknown): Error {
  return coded(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${String(encoding)}`);
}

export function invalidSize(bits: number): Error {
  return coded(RangeError, "ERR_INVALID_BUFFER_SIZE", `Buffer size must be a multiple of ${bits}-bits`);
}

/** An error of the library's, with the code that Node gives one of its kind. */
export function withCode(error: unknown): unknown {
  if (!(error instanceof Error) || "code" in error) return error;
  const isEncoding = error.message.startsWith("Unknown encoding");
  const code = error instanceof RangeError ? "ERR_OUT_OF_RANGE" : "ERR_INVALID_ARG_TYPE";
  return Object.defineProperty(error, "code", {
    value: isEncoding ? "ERR_UNKNOWN_ENCODING" : code,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
