/** `AssertionError`. */
import { inspect } from "node:util";
import type { AnyFunction } from "../shared/errors.ts";
import { requireObject } from "../shared/validate.ts";
import { type DiffKind, messageOf } from "./message.ts";

export interface AssertionOptions {
  readonly message?: unknown;
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly operator?: string;
  readonly stackStartFn?: unknown;
  readonly stackStartFunction?: unknown;
  readonly generatedMessage?: boolean;
  readonly diff?: DiffKind | undefined;
}

/** An error without its stack, which a message is not to show. */
function withoutStack(error: Error): object {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(error) as object) as object, error);
  Object.defineProperty(copy, "message", { value: error.message });
  if (Object.hasOwn(error, "cause")) {
    const value = error.cause instanceof Error ? withoutStack(error.cause) : error.cause;
    Object.defineProperty(copy, "cause", { value });
  }
  return copy;
}

const MOST_LINES = 10;
const MOST_CHARACTERS = 512;

function shortened(text: unknown): unknown {
  if (typeof text !== "string") return text;
  const lines = text.split("\n", MOST_LINES + 1);
  if (lines.length > MOST_LINES) return `${lines.slice(0, MOST_LINES).join("\n")}\n...`;
  return text.length > MOST_CHARACTERS ? `${text.slice(MOST_CHARACTERS)}...` : text;
}

export class AssertionError extends Error {
  generatedMessage: boolean;
  code: string;
  actual: unknown;
  expected: unknown;
  operator: string | undefined;
  diff: DiffKind;

  constructor(options: AssertionOptions) {
    requireObject(options, "options");
    const { message, operator, stackStartFn, stackStartFunction, diff = "simple" } = options;
    let { actual, expected } = options;
    if (message == null && actual instanceof Error && expected instanceof Error) {
      actual = withoutStack(actual);
      expected = withoutStack(expected);
    }
    super(messageOf(String(operator), actual, expected, message, diff));
    this.generatedMessage = options.generatedMessage ?? !message;
    Object.defineProperty(this, "name", {
      value: "AssertionError [ERR_ASSERTION]",
      enumerable: false,
      writable: true,
      configurable: true,
    });
    this.code = "ERR_ASSERTION";
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    this.diff = diff;
    Error.captureStackTrace(this, (stackStartFn || stackStartFunction) as AnyFunction | undefined);
    this.name = "AssertionError";
  }

  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

/** The values are in the message already. */
Object.defineProperty(AssertionError.prototype, inspect.custom, {
  value(this: AssertionError, _depth: number, options: object): string {
    const { actual, expected } = this;
    this.actual = shortened(actual);
    this.expected = shortened(expected);
    const text = inspect(this, { ...options, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return text;
  },
  writable: true,
  configurable: true,
});
