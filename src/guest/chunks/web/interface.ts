/** What Web IDL asks of classes and arguments. */

/** Gives a class the name, tag and enumerable members that an interface has. The bundler may have named it anew. */
export function defineInterface(
  target: { readonly prototype: object },
  name: string,
  members: readonly string[] = [],
): void {
  Object.defineProperty(target, "name", { value: name, configurable: true });
  Object.defineProperty(target.prototype, Symbol.toStringTag, { value: name, configurable: true });
  for (const member of members) Object.defineProperty(target.prototype, member, { enumerable: true });
}

/** Throws when fewer than `wanted` arguments were given. */
export function requireArguments(given: number, wanted: number, what: string): void {
  if (given >= wanted) return;
  const message = `${what} needs ${wanted} argument${wanted === 1 ? "" : "s"}, ${given} given.`;
  throw Object.assign(new TypeError(message), { code: "ERR_MISSING_ARGS" });
}

/** A dictionary's members, of an object or of nothing. */
export function dictionary(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" || typeof value === "function")
    return value as Readonly<Record<string, unknown>>;
  throw invalidType(`The ${what} must be an object.`);
}

export function invalidType(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
}

/** As Web IDL makes a text: not by `String`, which takes symbols too. */
export function text(value: unknown): string {
  return `${value as number}`;
}
