/** `node:repl`. */
import { refuse, refusedClass } from "./shared/refuse.ts";

const WHY = "a function has no terminal.";

export function create(): object {
  return {
    start: refuse("repl", "start", WHY),
    writer: (value: unknown) => (require("node:util") as { inspect(value: unknown): string }).inspect(value),
    REPLServer: refusedClass("repl", "REPLServer", WHY),
    REPL_MODE_SLOPPY: Symbol("repl-sloppy"),
    REPL_MODE_STRICT: Symbol("repl-strict"),
    Recoverable: class Recoverable extends SyntaxError {},
    isValidSyntax: refuse("repl", "isValidSyntax", WHY),
  };
}

declare const require: (name: string) => unknown;
