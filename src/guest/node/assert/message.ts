/** What an `AssertionError` says of two values, in Node's words. */
import { inspect } from "node:util";
import { lineDiff } from "../shared/line-diff.ts";

export type DiffKind = "simple" | "full";

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
  notIdentical: "Values have same structure but are not reference-equal:",
  notDeepEqualUnequal: "Expected values not to be loosely deep-equal:",
};

/** Operators whose messages show a difference, also beside words of the caller's. */
const WITH_DIFFERENCE: readonly string[] = ["deepStrictEqual", "strictEqual", "partialDeepStrictEqual"];

const SHORT = 12;
const LONG = 512;
const MOST_LINES = 50;
const COLUMNS = 80;
/** Equal lines in a row that are shown. */
const COMMON_LINES = 5;

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

export function messageOf(
  operator: string,
  actual: unknown,
  expected: unknown,
  message: unknown,
  kind: DiffKind,
): string {
  if (WITH_DIFFERENCE.includes(operator))
    return differenceOf(operator, actual, expected, message as string | undefined, kind);
  if (message != null) return textOf(message);
  if (operator === "notDeepStrictEqual" || operator === "notStrictEqual")
    return sameMessage(operator, actual, kind);
  return looseMessage(operator, show(actual), show(expected), kind);
}

/** A text, or what the caller's object says of itself. */
export function textOf(message: unknown): string {
  return typeof message === "string" ? message : Reflect.apply(String, undefined, [message]);
}

function cut(text: string, most: number, kind: DiffKind): string {
  return text.length > most && kind !== "full" ? `${text.slice(0, most - 3)}...` : text;
}

function looseMessage(operator: string, actual: string, expected: string, kind: DiffKind): string {
  const headline = HEADLINES[operator] ?? "undefined";
  if (operator === "notDeepEqual" && actual === expected)
    return cut(`${headline}\n\n${actual}`, 2 * LONG, kind);
  const left = cut(actual, LONG, kind);
  const right = cut(expected, LONG, kind);
  if (operator === "deepEqual") return `${headline}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  const unequal = HEADLINES[`${operator}Unequal`];
  if (unequal !== undefined) return `${unequal}\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  return `${left} ${operator} ${right}`;
}

function sameMessage(operator: string, actual: unknown, kind: DiffKind): string {
  const isObject = (typeof actual === "object" && actual !== null) || typeof actual === "function";
  const headline =
    HEADLINES[operator === "notStrictEqual" && isObject ? "notStrictEqualObject" : operator] ?? "";
  const lines = show(actual).split("\n");
  if (lines.length === 1) return `${headline}${(lines[0] ?? "").length > 5 ? "\n\n" : " "}${lines[0] ?? ""}`;
  if (lines.length > MOST_LINES && kind !== "full") lines.splice(46, Infinity, "...");
  return `${headline}\n\n${lines.join("\n")}\n`;
}

function differenceOf(
  operator: string,
  actual: unknown,
  expected: unknown,
  message: string | undefined,
  kind: DiffKind,
): string {
  const isNull = actual === null || expected === null;
  const areObjects = typeof actual === "object" && typeof expected === "object" && !isNull;
  const areFunctions = typeof actual === "function" && typeof expected === "function";
  const named = operator === "strictEqual" && (areObjects || areFunctions) ? "strictEqualObject" : operator;
  const headline = (name: string): string => message || (HEADLINES[name] ?? "");
  const left = show(actual).split("\n");
  const right = show(expected).split("\n");
  if (left.length === 1 && right.length === 1 && !areObjects) {
    const [header, text] = simpleDifference(actual, left[0] ?? "", expected, right[0] ?? "");
    return `${headline(named)}\n${header}\n${text}\n`;
  }
  if (left.join("\n") === right.join("\n")) {
    const isLong = left.length > MOST_LINES && kind !== "full";
    const text = isLong ? `${left.slice(0, MOST_LINES).join("\n")}\n...}` : left.join("\n");
    return `${headline("notIdentical")}\n${isLong ? "\n... Skipped lines" : ""}\n${text}\n`;
  }
  const sameButComma = (a: string, b: string): boolean => a === b || `${a},` === b || a === `${b},`;
  const isListed = typeof actual === "object" && actual !== null;
  const [text, hasSkipped] = signed(lineDiff(left, right, isListed ? sameButComma : undefined));
  return `${headline(named)}\n+ actual - expected${hasSkipped ? "\n... Skipped lines" : ""}\n\n${text}\n`;
}

function simpleDifference(
  actual: unknown,
  left: string,
  expected: unknown,
  right: string,
): readonly [header: string, text: string] {
  const quotes = [actual, expected].filter((value) => typeof value === "string").length * 2;
  const isShort = left.length + right.length - quotes <= SHORT;
  if (isShort && (actual !== 0 || expected !== 0)) return ["", `${left} !== ${right}`];
  const areTexts = quotes === 4 && left.length + right.length <= COLUMNS;
  const differs = left.split("").findIndex((char, index) => char !== right[index]);
  // Where the first characters differ already, it need not be pointed at.
  const pointer = areTexts && differs >= 3 ? `\n${" ".repeat(differs + 2)}^` : "";
  return ["+ actual - expected", `\n+ ${left}\n- ${right}${pointer}`];
}

/** Of long runs of equal lines the beginning and the end are shown. */
function signed(lines: readonly [number, string][]): readonly [text: string, hasSkipped: boolean] {
  const shown: string[] = [];
  let common: string[] = [];
  let hasSkipped = false;
  const flush = (isEnd: boolean): void => {
    const rest = common.length - COMMON_LINES;
    if (rest > 0 && !isEnd) {
      if (rest >= 3) {
        shown.push("...");
        hasSkipped = true;
      }
      shown.push(...common.slice(rest >= 3 ? -1 : -rest).map((line) => `  ${line}`));
    }
    common = [];
  };
  for (const [kind, line] of lines) {
    if (kind === 0) {
      common.push(line);
      if (common.length <= COMMON_LINES) shown.push(`  ${line}`);
      continue;
    }
    flush(false);
    shown.push(`${kind === 1 ? "+" : "-"} ${line}`);
  }
  return [shown.join("\n").trimEnd(), hasSkipped];
}
