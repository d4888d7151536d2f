/** `assert.ifError`. */
import { inspect } from "node:util";
import { AssertionError } from "./error.ts";

export function ifError(error: unknown): void {
  if (error == null) return;
  const thrown = new AssertionError({
    actual: error,
    expected: null,
    operator: "ifError",
    message: `ifError got unwanted exception: ${wordsOf(error)}`,
    generatedMessage: false,
    stackStartFn: ifError,
  });
  const { stack } = error as { readonly stack?: unknown };
  if (typeof stack === "string") thrown.stack = joined(thrown.stack ?? "", stack);
  throw thrown;
}

function wordsOf(error: unknown): string {
  if (typeof error !== "object") return inspect(error);
  const { message, constructor } = error as { readonly message?: unknown; readonly constructor?: unknown };
  if (typeof message !== "string") return inspect(error);
  return message === "" && typeof constructor === "function" ? constructor.name : message;
}

/** The stack of here, up to where it goes on as that of the error, and then the error's. */
function joined(here: string, there: string): string {
  const start = there.indexOf("\n    at");
  if (start === -1) return here;
  const original = there.slice(start + 1).split("\n");
  let lines = here.split("\n");
  for (const line of original) {
    const index = lines.indexOf(line);
    if (index === -1) continue;
    lines = lines.slice(0, index);
    break;
  }
  return [...lines, ...original].join("\n");
}
