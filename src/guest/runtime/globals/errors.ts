import { objectDefineProperty, record, SafeError, SafeTypeError } from "../primordials.ts";

/** Gives `error` a `code`, as Node's own errors have. */
export function withCode<T extends Error>(error: T, code: string): T {
  return objectDefineProperty(
    error,
    "code",
    record({ value: code, writable: true, enumerable: true, configurable: true }),
  );
}

/** Throws as Node does when `value` is not a function. */
export function requireFunction(name: string, value: unknown): void {
  if (typeof value === "function") return;
  const type = value === null ? "null" : typeof value;
  throw withCode(
    new SafeTypeError(`The "${name}" argument must be of type function. Received ${type}`),
    "ERR_INVALID_ARG_TYPE",
  );
}

let exitUnwind: Error | undefined;

/** What `process.exit` throws so that the code after it does not run. It is not a failure of the function. */
export function unwindForExit(): never {
  throw (exitUnwind ??= new SafeError("process.exit() was called; the environment is ending."));
}

export function isExitUnwind(value: unknown): boolean {
  return exitUnwind !== undefined && value === exitUnwind;
}
