/** `node:console`: the function's console, with the class it is one of. */
import type { Parts } from "../runtime/globals/parts.ts";
import { type ConsoleOptions, createConsoleMethods, type FormatTable } from "./console/class.ts";

type Output = NonNullable<ConsoleOptions["stdout"]>;

function isPrototypeOf(prototype: object, value: unknown): boolean {
  return Object.prototype.isPrototypeOf.call(prototype, value as object);
}

export function create({ chunks }: Parts): object {
  const formatTable: FormatTable = (data, columns) =>
    chunks.load("inspect").formatTable(data as object, columns);
  const shared = globalThis.console as object;

  // A function, since it can be called without `new`.
  function Console(this: object, options: ConsoleOptions | Output, stderr?: Output): object {
    const console =
      (new.target as unknown) === undefined ? (Object.create(Console.prototype as object) as object) : this;
    const methods = createConsoleMethods(console, options, stderr, formatTable);
    for (const [name, value] of Object.entries(methods)) {
      Object.defineProperty(console, name, { value, writable: true, enumerable: true, configurable: true });
    }
    return console;
  }
  Object.defineProperty(Console, Symbol.hasInstance, {
    value: (value: unknown) => value === shared || isPrototypeOf(Console.prototype as object, value),
  });
  const ignore = (): undefined => undefined;
  const added: Record<string, unknown> = {
    Console,
    clear: ignore,
    profile: ignore,
    profileEnd: ignore,
    timeStamp: ignore,
    context: () => shared,
    createTask: () => ({ run: (run: () => unknown): unknown => run() }),
  };
  for (const [name, value] of Object.entries(added)) {
    if (name === "Console" || !(name in shared))
      Object.defineProperty(shared, name, { value, writable: true, enumerable: true, configurable: true });
  }
  return shared;
}
