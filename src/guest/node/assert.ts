/** `node:assert`. */
import { inspect } from "node:util";
import { AssertionError } from "./assert/error.ts";
import { doesNotReject, doesNotThrow, rejects, throws } from "./assert/throws.ts";
import { type EqualityMode, isDeepEqual } from "./shared/deep-equal.ts";
import { type AnyFunction, invalidArgType, missingArgs, notAvailable } from "./shared/errors.ts";

type Check = (actual: unknown, expected: unknown) => boolean;
type Assertion = (...args: unknown[]) => void;

function failWith(
  start: AnyFunction,
  operator: string,
  [actual, expected, message]: readonly unknown[],
): never {
  if (message instanceof Error) throw message;
  throw new AssertionError({ actual, expected, message, operator, stackStartFn: start });
}

/** An assertion about two values. */
function compare(name: string, operator: string, holds: Check): Assertion {
  const assertion: Assertion = (...args) => {
    if (args.length < 2) throw missingArgs("actual", "expected");
    if (!holds(args[0], args[1])) failWith(assertion, operator, args);
  };
  return Object.defineProperty(assertion, "name", { value: name, configurable: true });
}

// eslint-disable-next-line eqeqeq -- it is what `assert.equal` means.
const looselyEqual: Check = (a, b) => a == b || (Number.isNaN(a) && Number.isNaN(b));
const deep =
  (mode: EqualityMode): Check =>
  (a, b) =>
    isDeepEqual(a, b, mode);
const not =
  (check: Check): Check =>
  (a, b) =>
    !check(a, b);

const strictEqual = compare("strictEqual", "strictEqual", Object.is);
const notStrictEqual = compare("notStrictEqual", "notStrictEqual", not(Object.is));
const deepStrictEqual = compare("deepStrictEqual", "deepStrictEqual", deep("strict"));
const notDeepStrictEqual = compare("notDeepStrictEqual", "notDeepStrictEqual", not(deep("strict")));

function ok(...args: unknown[]): void {
  innerOk(ok, args);
}

function innerOk(start: AnyFunction, args: readonly unknown[]): void {
  const [value, message] = args;
  if (value) return;
  if (message instanceof Error) throw message;
  const generated =
    args.length === 0
      ? "No value argument passed to `assert.ok()`"
      : `The expression evaluated to a falsy value:\n\n  assert.ok(${inspect(value)})\n`;
  throw new AssertionError({
    actual: value,
    expected: true,
    message: message ?? generated,
    generatedMessage: message == null,
    operator: "==",
    stackStartFn: start,
  });
}

function fail(message?: unknown): never {
  if (message instanceof Error) throw message;
  const options = { message: message ?? "Failed", operator: "fail", stackStartFn: fail };
  throw new AssertionError({ ...options, generatedMessage: message === undefined });
}

function ifError(error: unknown): void {
  if (error == null) return;
  const { message } = error as { readonly message?: unknown };
  const text = typeof message === "string" && message !== "" ? message : inspect(error);
  throw new AssertionError({
    actual: error,
    expected: null,
    operator: "ifError",
    message: `ifError got unwanted exception: ${text}`,
    stackStartFn: ifError,
  });
}

function matcher(name: string, wants: boolean): Assertion {
  const assertion: Assertion = (text, pattern, message) => {
    if (!(pattern instanceof RegExp)) throw invalidArgType("regexp", "RegExp", pattern);
    if (typeof text === "string" && pattern.test(text) === wants) return;
    if (message instanceof Error) throw message;
    const problem =
      typeof text !== "string"
        ? `The "string" argument must be of type string. Received type ${typeof text} (${inspect(text)})`
        : `${wants ? "The input did not match" : "The input was expected to not match"} the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`;
    throw new AssertionError({
      actual: text,
      expected: pattern,
      message: message ?? problem,
      generatedMessage: message == null,
      operator: name,
      stackStartFn: assertion,
    });
  };
  return Object.defineProperty(assertion, "name", { value: name, configurable: true });
}

function CallTracker(): never {
  throw notAvailable("assert.CallTracker", "Node deprecates it; count calls in the test itself.");
}

const common = {
  AssertionError,
  CallTracker,
  ok,
  fail,
  deepStrictEqual,
  notDeepStrictEqual,
  strictEqual,
  notStrictEqual,
  partialDeepStrictEqual: compare("partialDeepStrictEqual", "partialDeepStrictEqual", deep("partial")),
  match: matcher("match", true),
  doesNotMatch: matcher("doesNotMatch", false),
  throws,
  rejects,
  doesNotThrow,
  doesNotReject,
  ifError,
};

const legacy = {
  equal: compare("equal", "==", looselyEqual),
  notEqual: compare("notEqual", "!=", not(looselyEqual)),
  deepEqual: compare("deepEqual", "deepEqual", deep("loose")),
  notDeepEqual: compare("notDeepEqual", "notDeepEqual", not(deep("loose"))),
};

const strictly = {
  equal: strictEqual,
  notEqual: notStrictEqual,
  deepEqual: deepStrictEqual,
  notDeepEqual: notDeepStrictEqual,
};

interface AssertOptions {
  readonly strict?: boolean;
}

/** Assertions as an object of their own. */
function Assert(this: object, options: AssertOptions = {}): void {
  Object.assign(this, common, options.strict === false ? legacy : strictly);
}

export function create(): object {
  const assert = (...args: unknown[]): void => innerOk(assert, args);
  const strict = (...args: unknown[]): void => innerOk(strict, args);
  Object.assign(assert, common, legacy, { strict, Assert });
  Object.assign(strict, common, strictly, { strict, Assert });
  return assert;
}
