/** The assertions, as methods: those of `assert` itself are the same functions. */
import { inspect } from "node:util";
import { type EqualityMode, isDeepEqual } from "../shared/deep-equal.ts";
import { type AnyFunction, invalidArgType, missingArgs } from "../shared/errors.ts";
import { AssertionError } from "./error.ts";
import { ifError } from "./if-error.ts";
import type { DiffKind } from "./message.ts";
import { expectError, expectNoError, rejectionOf, thrownBy } from "./throws.ts";

/** Where an `Assert` keeps what it was made with. */
export const OPTIONS: unique symbol = Symbol("options");

interface Configured {
  readonly [OPTIONS]?: { readonly diff?: DiffKind; readonly skipPrototype?: boolean };
}

export type Assertion = (this: unknown, ...args: unknown[]) => unknown;
type Check = (actual: unknown, expected: unknown, skipPrototype: boolean) => boolean;

function optionsOf(self: unknown): NonNullable<Configured[typeof OPTIONS]> {
  return (self as Configured | undefined)?.[OPTIONS] ?? {};
}

function named(name: string, assertion: Assertion, length: number): Assertion {
  return Object.defineProperties(assertion, {
    name: { value: name, configurable: true },
    length: { value: length, configurable: true },
  });
}

/** An assertion about two values. */
function compare(name: string, operator: string, holds: Check): Assertion {
  const assertion: Assertion = function (...args) {
    if (args.length < 2) throw missingArgs("actual", "expected");
    const [actual, expected, message] = args;
    const { diff, skipPrototype = false } = optionsOf(this);
    if (holds(actual, expected, skipPrototype)) return;
    if (message instanceof Error) throw message;
    throw new AssertionError({ actual, expected, message, operator, stackStartFn: assertion, diff });
  };
  return named(name, assertion, 3);
}

// eslint-disable-next-line eqeqeq -- it is what `assert.equal` means.
const looselyEqual: Check = (a, b) => a == b || (Number.isNaN(a) && Number.isNaN(b));
const deep =
  (mode: EqualityMode): Check =>
  (a, b, skipPrototype) =>
    isDeepEqual(a, b, skipPrototype && mode === "strict" ? "structure" : mode);
const not =
  (check: Check): Check =>
  (a, b, skipPrototype) =>
    !check(a, b, skipPrototype);

function matcher(name: string, wants: boolean): Assertion {
  const assertion: Assertion = function (text, pattern, message) {
    if (!(pattern instanceof RegExp)) throw invalidArgType("regexp", "RegExp", pattern);
    if (typeof text === "string" && pattern.test(text) === wants) return;
    if (message instanceof Error) throw message;
    const head = wants ? "The input did not match" : "The input was expected to not match";
    const problem =
      typeof text !== "string"
        ? `The "string" argument must be of type string. Received type ${typeof text} (${inspect(text)})`
        : `${head} the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`;
    throw new AssertionError({
      actual: text,
      expected: pattern,
      message: message || problem,
      generatedMessage: !message,
      operator: name,
      stackStartFn: assertion,
      diff: optionsOf(this).diff,
    });
  };
  return named(name, assertion, 3);
}

let hasWarned = false;

/** More than one argument is what Node deprecates. */
function fail(this: unknown, ...args: unknown[]): never {
  const [actual, expected, message, operator, start] = args;
  if (message instanceof Error) throw message;
  const { diff } = optionsOf(this);
  if (args.length <= 1) {
    if (actual instanceof Error) throw actual;
    throw new AssertionError({
      message: actual ?? "Failed",
      generatedMessage: actual == null,
      operator: "fail",
      stackStartFn: fail,
      diff,
    });
  }
  if (!hasWarned) {
    hasWarned = true;
    process.emitWarning(
      "assert.fail() with more than one argument is deprecated. " +
        "Please use assert.strictEqual() instead or only pass a message.",
      "DeprecationWarning",
      "DEP0094",
    );
  }
  throw new AssertionError({
    actual,
    expected,
    message,
    operator: (operator as string | undefined) ?? (args.length === 2 ? "!=" : "fail"),
    stackStartFn: start ?? fail,
    diff,
  });
}

export function innerOk(start: AnyFunction, args: readonly unknown[]): void {
  const [value, message] = args;
  if (value) return;
  if (message instanceof Error) throw message;
  const generated =
    args.length === 0
      ? "No value argument passed to `assert.ok()`"
      : `The expression evaluated to a falsy value:\n\n  ${start.name === "ok" ? "assert.ok" : "assert"}(${inspect(value)})\n`;
  throw new AssertionError({
    actual: value,
    expected: true,
    message: message ?? generated,
    generatedMessage: message == null,
    operator: "==",
    stackStartFn: start,
  });
}

function ok(...args: unknown[]): void {
  innerOk(ok, args);
}

function throws(this: unknown, run: unknown, ...args: unknown[]): void {
  expectError({ start: throws, diff: optionsOf(this).diff }, thrownBy(run), ...args);
}

async function rejects(this: unknown, run: unknown, ...args: unknown[]): Promise<void> {
  expectError({ start: rejects, diff: optionsOf(this).diff }, await rejectionOf(run), ...args);
}

function doesNotThrow(this: unknown, run: unknown, ...args: unknown[]): void {
  expectNoError({ start: doesNotThrow, diff: optionsOf(this).diff }, thrownBy(run), ...args);
}

async function doesNotReject(this: unknown, run: unknown, ...args: unknown[]): Promise<void> {
  expectNoError({ start: doesNotReject, diff: optionsOf(this).diff }, await rejectionOf(run), ...args);
}

export const assertions: Readonly<Record<string, Assertion>> = {
  fail,
  ok,
  equal: compare("equal", "==", looselyEqual),
  notEqual: compare("notEqual", "!=", not(looselyEqual)),
  deepEqual: compare("deepEqual", "deepEqual", deep("loose")),
  notDeepEqual: compare("notDeepEqual", "notDeepEqual", not(deep("loose"))),
  deepStrictEqual: compare("deepStrictEqual", "deepStrictEqual", deep("strict")),
  notDeepStrictEqual: compare("notDeepStrictEqual", "notDeepStrictEqual", not(deep("strict"))),
  strictEqual: compare("strictEqual", "strictEqual", Object.is),
  notStrictEqual: compare("notStrictEqual", "notStrictEqual", not(Object.is)),
  partialDeepStrictEqual: compare("partialDeepStrictEqual", "partialDeepStrictEqual", deep("partial")),
  throws: throws,
  rejects: rejects,
  doesNotThrow: doesNotThrow,
  doesNotReject: doesNotReject,
  ifError: ifError,
  match: matcher("match", true),
  doesNotMatch: matcher("doesNotMatch", false),
};
