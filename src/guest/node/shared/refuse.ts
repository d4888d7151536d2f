/** Functions that are there to be imported, and say what is missing when they are called. */
import { notAvailable } from "./errors.ts";

type Refusal = (...args: unknown[]) => never;

/** `module.name` for each name, which throws `ERR_ACCESS_DENIED`, or another `code`. */
export function refuseAll(
  module: string,
  names: readonly string[],
  why: string,
  code: string = "ERR_ACCESS_DENIED",
): Record<string, Refusal> {
  return Object.fromEntries(names.map((name) => [name, refuse(module, name, why, code)]));
}

export function refuse(
  module: string,
  name: string,
  why: string,
  code: string = "ERR_ACCESS_DENIED",
): Refusal {
  const refusal: Refusal = () => {
    throw notAvailable(`${module}.${name}`, why, code);
  };
  return Object.defineProperty(refusal, "name", { value: name, configurable: true });
}

type Class<T extends object> = new (...args: never[]) => T;

/** A class that packages can extend, and nobody can make one of. */
export function refusedClass(
  module: string,
  name: string,
  why: string,
  Base: Class<object> = Object,
): Class<object> {
  const Refused = class extends Base {
    constructor(...args: never[]) {
      super(...args);
      throw notAvailable(`${module}.${name}`, why, "ERR_ACCESS_DENIED");
    }
  };
  return Object.defineProperty(Refused, "name", { value: name, configurable: true });
}
