/** The port's errors say by their name what Node's say by their code. */
import { invalidArgType } from "../shared/errors.ts";

type PathFunction = (...args: unknown[]) => unknown;

const CODE = "ERR_INVALID_ARG_TYPE";
const WRONG = /^The "(\w+)" argument must be of type (\w+)/;

/** The port's functions, failing as Node's do. */
export function withNodeErrors(functions: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(functions)
      .filter(([name]) => name !== "default")
      .map(([name, value]) => [
        name,
        typeof value === "function" ? guarded(name, value as PathFunction) : value,
      ]),
  );
}

function guarded(name: string, original: PathFunction): PathFunction {
  const wrapped: PathFunction = (...args) => {
    try {
      return original(...args);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== CODE) throw error;
      const [, argument = "", type = ""] = WRONG.exec(error.message) ?? [];
      throw invalidArgType(
        argument,
        type,
        name === "format" ? args[0] : args.find((arg) => typeof arg !== "string"),
      );
    }
  };
  return Object.defineProperties(wrapped, {
    name: { value: name, configurable: true },
    length: { value: original.length, configurable: true },
  });
}
