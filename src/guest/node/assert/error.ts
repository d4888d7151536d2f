/** `AssertionError`, with messages much as Node words them. */
import { inspect } from "node:util";
import { lineDiff } from "../shared/line-diff.ts";
import type { AnyFunction } from "../shared/errors.ts";
import { requireObject } from "../shared/validate.ts";

export interface AssertionOptions {
  readonly message?: unknown;
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly operator?: string;
  readonly stackStartFn?: unknown;
  readonly generatedMessage?: boolean;
}

const HEADLINES: Readonly<Record<string, string>> = {
  deepStrictEqual: "Expected values to be strictly deep-equal:",
  partialDeepStrictEqual: "Expected values to be partially and strictly deep-equal:",
  strictEqual: "Expected values to be strictly equal:",
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: "Expected values to be loosely deep-equal:",
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: "Values identical but not reference-equal:",
};

/** Most lines of a value, or of a difference, in a message. */
const LINE_LIMIT = 50;

function show(value: unknown): string {
  return inspect(value, {
    compact: false,
    customInspect: false,
    depth: 1000,
    maxArrayLength: Infinity,
    showHidden: false,
    showProxy: false,
    sorted: true,
    getters: true,
  });
}

function isObject(value: unknown): boolean {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function messageOf(operator: string, actual: unknown, expected: unknown): string {
  if (operator === "deepStrictEqual" || operator === "strictEqual" || operator === "partialDeepStrictEqual")
    return differenceOf(operator, actual, expected);
  if (operator === "notDeepStrictEqual" || operator === "notStrictEqual")
    return sameMessage(operator, actual);
  const [left, right] = [show(actual), show(expected)].map((text) => cut(text, 512));
  if (operator === "deepEqual")
    return `${HEADLINES[operator] ?? ""}\n\n${left ?? ""}\n\nshould loosely deep-equal\n\n${right ?? ""}`;
  if (operator === "notDeepEqual")
    return `${HEADLINES[operator] ?? ""}\n\n${left ?? ""}\n\nshould not loosely deep-equal\n\n${right ?? ""}`;
  return `${left ?? ""} ${operator} ${right ?? ""}`;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

function sameMessage(operator: string, actual: unknown): string {
  const headline =
    HEADLINES[operator === "notStrictEqual" && isObject(actual) ? "notStrictEqualObject" : operator] ?? "";
  const lines = show(actual).split("\n");
  if (lines.length === 1) return `${headline}${(lines[0] ?? "").length > 5 ? "\n\n" : " "}${lines[0] ?? ""}`;
  const shown = lines.length > LINE_LIMIT ? [...lines.slice(0, LINE_LIMIT - 4), "..."] : lines;
  return `${headline}\n\n${shown.join("\n")}\n`;
}

function differenceOf(operator: string, actual: unknown, expected: unknown): string {
  const left = show(actual).split("\n");
  const right = show(expected).split("\n");
  const [first = ""] = left;
  const [other = ""] = right;
  const areObjects = isObject(actual) && isObject(expected);
  if (operator === "strictEqual" && areObjects && left.join("\n") === right.join("\n"))
    return `${HEADLINES["notIdentical"] ?? ""}\n\n${left.join("\n")}\n`;
  const headline = HEADLINES[operator === "strictEqual" && areObjects ? "strictEqualObject" : operator] ?? "";
  const isSimple = left.length === 1 && right.length === 1 && first !== other;
  if (
    isSimple &&
    !isObject(actual) &&
    !isObject(expected) &&
    first.length + other.length <= 12 &&
    (actual !== 0 || expected !== 0)
  )
    return `${headline}\n\n${first} !== ${other}\n`;
  return `${headline}\n+ actual - expected\n${signed(lineDiff(left, right))}`;
}

export function textOf(message: unknown): string {
  return String(message);
}

const SIGNS: Readonly<Record<string, string>> = { "0": " ", "1": "+", "-1": "-" };

function signed(lines: readonly [number, string][]): string {
  const shown: string[] = [];
  const skipped: number[] = [];
  lines.forEach(([kind, line], index) => {
    const isNear = lines.slice(Math.max(0, index - 2), index + 3).some(([other]) => other !== 0);
    if (kind !== 0 || isNear || lines.length <= LINE_LIMIT) shown.push(`${SIGNS[kind] ?? " "} ${line}`);
    else if (shown.at(-1) !== "...") {
      shown.push("...");
      skipped.push(index);
    }
  });
  if (shown.length > LINE_LIMIT * 2) shown.splice(LINE_LIMIT * 2, Infinity, "...");
  return `${skipped.length > 0 ? "... Skipped lines\n" : ""}\n${shown.join("\n")}\n`;
}

export class AssertionError extends Error {
  readonly generatedMessage: boolean;
  readonly code: string;
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string | undefined;

  constructor(options: AssertionOptions) {
    requireObject(options, "options");
    const { message, operator, actual, expected } = options;
    super(message == null ? messageOf(String(operator), actual, expected) : textOf(message));
    this.generatedMessage = options.generatedMessage ?? message === undefined;
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
    Error.captureStackTrace(this, options.stackStartFn as AnyFunction | undefined);
    this.name = "AssertionError";
  }

  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}
