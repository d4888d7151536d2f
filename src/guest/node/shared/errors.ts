/** Errors as Node's own modules throw them: a `code`, which also stands in the stack, and Node's words. */

export type ErrorClass = new (message?: string, options?: ErrorOptions) => Error;

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown;

/** An error of class `Base` with `code`; its stack begins at the caller of `start`. */
export function nodeError<T extends Error = Error & { code: string }>(
  Base: ErrorClass,
  code: string,
  message: string,
  start: AnyFunction = nodeError,
): T {
  const error = new Base(message);
  const { name } = error;
  // The header of a stack is made of the name there is while it is captured.
  define(error, "name", `${name} [${code}]`);
  Error.captureStackTrace(error, start);
  Reflect.deleteProperty(error, "name");
  Object.defineProperty(error, "code", {
    value: code,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  return error as T;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
}

const TYPES = new Set([
  "string",
  "function",
  "number",
  "object",
  "boolean",
  "bigint",
  "symbol",
  "Function",
  "Object",
]);
const CLASS = /^[A-Z]/;

export function invalidArgType(name: string, expected: string | readonly string[], value: unknown): Error {
  const kind = name.endsWith(" argument")
    ? name
    : `"${name}" ${name.includes(".") ? "property" : "argument"}`;
  return nodeError(
    TypeError,
    "ERR_INVALID_ARG_TYPE",
    `The ${kind} must be ${expectation(expected)}. Received ${received(value)}`,
    invalidArgType,
  );
}

/** Such as `of type string or an instance of Buffer`. */
function expectation(expected: string | readonly string[]): string {
  const all = typeof expected === "string" ? [expected] : expected;
  const types = all
    .filter((name) => TYPES.has(name) && name.toLowerCase() !== "object")
    .map((name) => name.toLowerCase());
  const classes = all.filter((name) => CLASS.test(name) && name !== "Function" && name !== "Object");
  const others = all.filter((name) => !TYPES.has(name) && !CLASS.test(name));
  // Beside classes it is one of them.
  if (all.some((name) => name.toLowerCase() === "object")) {
    if (classes.length > 0) classes.push("Object");
    else types.push("object");
  }
  const said: string[] = [];
  if (types.length > 0) said.push(`${types.length > 1 ? "one of type" : "of type"} ${alternatives(types)}`);
  if (classes.length > 0) said.push(`an instance of ${alternatives(classes)}`);
  if (others.length > 0) said.push(others.length > 1 ? `one of ${alternatives(others)}` : (others[0] ?? ""));
  return said.join(" or ");
}

function alternatives(names: readonly string[]): string {
  if (names.length <= 2) return names.join(" or ");
  return `${names.slice(0, -1).join(", ")}, or ${names.at(-1) ?? ""}`;
}

/** What was received, in Node's words. */
function received(value: unknown): string {
  if (value == null) return String(value);
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value === "object") {
    const { constructor } = value as { readonly constructor?: { readonly name?: unknown } };
    if (typeof constructor?.name === "string" && constructor.name !== "")
      return `an instance of ${constructor.name}`;
    return Object.getPrototypeOf(value) === null ? "[Object: null prototype] {}" : "{}";
  }
  return `type ${typeof value} (${short(value)})`;
}

function short(value: unknown): string {
  if (typeof value !== "string") return literal(value);
  const cut = value.length > 28 ? `${value.slice(0, 25)}...` : value;
  return cut.includes("'") ? JSON.stringify(cut) : `'${cut}'`;
}

/** A value in few characters, much as `util.inspect` writes it. */
function literal(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "function")
    return value.name === "" ? "[Function (anonymous)]" : `[Function: ${value.name}]`;
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[ ${value.map(literal).join(", ")} ]`;
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0 ? "{}" : "[Object]";
  return String(value);
}

export function invalidArgValue(name: string, value: unknown, reason: string = "is invalid"): Error {
  const shown = literal(value);
  const cut = shown.length > 128 ? `${shown.slice(0, 128)}...` : shown;
  const kind = name.includes(".") ? "property" : "argument";
  return nodeError(
    TypeError,
    "ERR_INVALID_ARG_VALUE",
    `The ${kind} '${name}' ${reason}. Received ${cut}`,
    invalidArgValue,
  );
}

export function outOfRange(name: string, range: string, value: unknown): Error {
  return nodeError(
    RangeError,
    "ERR_OUT_OF_RANGE",
    `The value of "${name}" is out of range. It must be ${range}. Received ${grouped(value)}`,
    outOfRange,
  );
}

/** Numbers of more than ten digits have underscores in Node's messages. */
function grouped(value: unknown): string {
  if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) > 2 ** 32)
    return String(value).replace(/\B(?=(\d{3})+$)/g, "_");
  if (typeof value === "bigint") return `${String(value).replace(/\B(?=(\d{3})+$)/g, "_")}n`;
  return literal(value);
}

export function missingArgs(...names: readonly string[]): Error {
  const quoted = names.map((name) => `"${name}"`);
  const list =
    quoted.length <= 2
      ? quoted.join(" and ")
      : `${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1) ?? ""}`;
  return nodeError(
    TypeError,
    "ERR_MISSING_ARGS",
    `The ${list} argument${names.length > 1 ? "s" : ""} must be specified`,
    missingArgs,
  );
}

/** Refuses what this runtime does not have. `why` says so in one sentence, and what to do where there is something. */
export function notAvailable(what: string, why: string, code: string = "ERR_NOT_AVAILABLE"): Error {
  return nodeError(Error, code, `${what} is not available in isolet: ${why}`, notAvailable);
}

/** As the error of an aborted operation. */
export class AbortError extends Error {
  readonly code: string;
  constructor(message: string = "The operation was aborted", options?: ErrorOptions) {
    super(message, options);
    this.code = "ABORT_ERR";
    this.name = "AbortError";
  }
}
