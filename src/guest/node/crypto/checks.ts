/** Arguments checked as Node does, and its errors. */

export function withCode<T extends Error>(error: T, code: string): T {
  return Object.assign(error, { code });
}

export function invalidType(name: string, expected: string, value: unknown): TypeError {
  const what = name.includes(".") ? "property" : "argument";
  const message = `The "${name}" ${what} must be ${expected}. Received ${described(value)}`;
  return withCode(new TypeError(message), "ERR_INVALID_ARG_TYPE");
}

export function invalidValue(name: string, value: unknown, reason = "is invalid"): TypeError {
  const shown = typeof value === "string" ? `'${value}'` : describedValue(value);
  return withCode(
    new TypeError(`The argument '${name}' ${reason}. Received ${shown}`),
    "ERR_INVALID_ARG_VALUE",
  );
}

export function outOfRange(name: string, range: string, value: unknown): RangeError {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${describedValue(value)}`;
  return withCode(new RangeError(message), "ERR_OUT_OF_RANGE");
}

function describedValue(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "object" && value !== null ? described(value) : String(value);
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return value.name === "" ? "function " : `function ${value.name}`;
  if (typeof value === "object") {
    const { constructor } = value as { readonly constructor?: { readonly name?: string } };
    return constructor?.name ? `an instance of ${constructor.name}` : "an object";
  }
  const shown =
    typeof value === "string"
      ? `'${value.length > 28 ? `${value.slice(0, 25)}...` : value}'`
      : describedValue(value);
  return `type ${typeof value} (${shown})`;
}

export function checkString(value: unknown, name: string): asserts value is string {
  if (typeof value !== "string") throw invalidType(name, "of type string", value);
}

export function checkFunction(
  value: unknown,
  name = "callback",
): asserts value is (...args: unknown[]) => void {
  if (typeof value !== "function") throw invalidType(name, "of type function", value);
}

export function checkObject(value: unknown, name: string): asserts value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw invalidType(name, "of type object", value);
}

export function checkInteger(
  value: unknown,
  name: string,
  lowest: number,
  highest: number,
): asserts value is number {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!Number.isInteger(value)) throw outOfRange(name, "an integer", value);
  if (value < lowest || value > highest) throw outOfRange(name, `>= ${lowest} && <= ${highest}`, value);
}

const BYTES = "of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView";

/** Something that stands for bytes: a text, a view or a buffer. */
export function checkBytes(value: unknown, name: string): void {
  if (typeof value === "string" || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return;
  throw invalidType(name, BYTES, value);
}
