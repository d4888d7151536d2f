/** `assert.throws` and its kin. */
import { inspect } from "node:util";
import { isDeepEqual } from "../shared/deep-equal.ts";
import { type AnyFunction, invalidArgType, invalidArgValue, nodeError } from "../shared/errors.ts";
import { AssertionError } from "./error.ts";
import { type DiffKind, textOf } from "./message.ts";

/** What an assertion was called with, beside what it is about. */
export interface Call {
  readonly start: AnyFunction;
  readonly diff: DiffKind | undefined;
}

const NOTHING = Symbol("nothing was thrown");

export function thrownBy(run: unknown): unknown {
  if (typeof run !== "function") throw invalidArgType("fn", "function", run);
  try {
    (run as () => void)();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

function isPromise(value: unknown): value is Promise<unknown> {
  const { then, catch: rejected } = (typeof value === "object" ? (value ?? {}) : {}) as Partial<
    Promise<unknown>
  >;
  return typeof then === "function" && typeof rejected === "function";
}

export async function rejectionOf(run: unknown): Promise<unknown> {
  const promise: unknown = typeof run === "function" ? (run as () => unknown)() : run;
  if (!isPromise(promise)) {
    if (typeof run !== "function") throw invalidArgType("promiseFn", ["function", "Promise"], run);
    throw nodeError(
      TypeError,
      "ERR_INVALID_RETURN_VALUE",
      `Expected instance of Promise to be returned from the "promiseFn" function but got ${kindOf(promise)}.`,
    );
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

function kindOf(value: unknown): string {
  const name = (value as { readonly constructor?: { readonly name?: string } } | null | undefined)
    ?.constructor?.name;
  if (typeof value === "object" && name) return `an instance of ${name}`;
  if (value === null || value === undefined) return String(value);
  return `type ${typeof value}${typeof value === "object" || typeof value === "function" ? "" : ` (${inspect(value)})`}`;
}

type Expected = ((error: unknown) => unknown) | RegExp | object | undefined;

export function expectError(call: Call, thrown: unknown, ...args: readonly unknown[]): void {
  let [wanted, message] = args as [Expected | string, unknown];
  if (typeof wanted === "string") {
    if (args.length > 1) throw wrongError(wanted);
    requireUnambiguous(thrown, wanted);
    message = wanted;
    wanted = undefined;
  } else if (wanted != null && typeof wanted !== "object" && typeof wanted !== "function") {
    throw wrongError(wanted);
  }
  if (thrown === NOTHING) failMissing(call, wanted, message);
  if (wanted) check(call, thrown, wanted, message);
}

function wrongError(value: unknown): Error {
  return invalidArgType("error", ["Object", "Error", "function", "RegExp"], value);
}

function requireUnambiguous(thrown: unknown, message: string): void {
  const isObject = typeof thrown === "object" && thrown !== null;
  const text: unknown = isObject ? (thrown as { readonly message?: unknown }).message : thrown;
  if (text !== message) return;
  const what = isObject ? `The error message "${message}"` : `The error "${message}"`;
  throw nodeError(
    TypeError,
    "ERR_AMBIGUOUS_ARGUMENT",
    `The "error/message" argument is ambiguous. ${what} is identical to the message.`,
  );
}

function failMissing({ start, diff }: Call, wanted: Expected, message: unknown): never {
  const name = (wanted as { readonly name?: string } | undefined)?.name;
  const details = `${name ? ` (${name})` : ""}${message ? `: ${textOf(message)}` : "."}`;
  const kind = start.name === "rejects" ? "rejection" : "exception";
  throw new AssertionError({
    actual: undefined,
    expected: wanted,
    operator: start.name,
    message: `Missing expected ${kind}${details}`,
    stackStartFn: start,
    diff,
  });
}

function check(call: Call, thrown: unknown, wanted: NonNullable<Expected>, message: unknown): void {
  if (typeof wanted === "function") {
    checkByFunction(call, thrown, wanted as (error: unknown) => unknown, message);
  } else if (wanted instanceof RegExp) {
    const text = String(thrown);
    if (wanted.test(text)) return;
    const words = `The input did not match the regular expression ${inspect(wanted)}. Input:\n\n${inspect(text)}\n`;
    fail(call, thrown, wanted, message, words);
  } else checkByObject(call, thrown, wanted, message);
}

function checkByFunction(
  call: Call,
  thrown: unknown,
  wanted: (error: unknown) => unknown,
  message: unknown,
): void {
  if (wanted.prototype !== undefined && thrown instanceof wanted) return;
  if (Object.prototype.isPrototypeOf.call(Error, wanted))
    fail(call, thrown, wanted, message, otherClass(wanted, thrown));
  const result = Reflect.apply(wanted, {}, [thrown]);
  if (result === true) return;
  const name = wanted.name ? `"${wanted.name}" ` : "";
  const caught = thrown instanceof Error ? `\n\nCaught error:\n\n${String(thrown)}` : "";
  fail(
    call,
    thrown,
    wanted,
    message,
    `The ${name}validation function is expected to return "true". Received ${inspect(result)}${caught}`,
  );
}

function otherClass(wanted: { readonly name: string }, thrown: unknown): string {
  const head = `The error is expected to be an instance of "${wanted.name}". Received `;
  if (!(thrown instanceof Error)) return `${head}"${inspect(thrown, { depth: -1 })}"`;
  const { constructor } = thrown as { readonly constructor?: { readonly name?: string } };
  const name = constructor?.name || thrown.name;
  const kind = name === wanted.name ? "an error with identical name but a different prototype." : `"${name}"`;
  return `${head}${kind}${thrown.message ? `\n\nError message:\n\n${thrown.message}` : ""}`;
}

/** What a message shows of an error: the properties that were looked at. Its name stands in the message. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class
class Comparison {
  constructor(from: object, keys: readonly string[], actual?: object) {
    for (const key of keys) {
      if (!(key in from)) continue;
      const value: unknown = Reflect.get(from, key);
      const other: unknown = actual && Reflect.get(actual, key);
      const matches = typeof other === "string" && value instanceof RegExp && value.test(other);
      Reflect.set(this, key, matches ? other : value);
    }
  }
}

function checkByObject({ start, diff }: Call, thrown: unknown, wanted: object, message: unknown): void {
  const both = { stackStartFn: start, diff, operator: "deepStrictEqual" };
  if (typeof thrown !== "object" || thrown === null)
    throw named(new AssertionError({ ...both, actual: thrown, expected: wanted, message }), start);
  const keys = Object.keys(wanted);
  if (wanted instanceof Error) keys.push("name", "message");
  else if (keys.length === 0) throw invalidArgValue("error", wanted, "may not be an empty object");
  for (const key of keys) {
    const actual: unknown = Reflect.get(thrown, key);
    const expected: unknown = Reflect.get(wanted, key);
    if (typeof actual === "string" && expected instanceof RegExp && expected.test(actual)) continue;
    if (key in thrown && isDeepEqual(actual, expected, "strict")) continue;
    if (message) fail({ start, diff }, thrown, wanted, message, "");
    const error = new AssertionError({
      ...both,
      actual: new Comparison(thrown, keys),
      expected: new Comparison(wanted, keys, thrown),
    });
    throw named(Object.assign(error, { actual: thrown, expected: wanted }), start);
  }
}

function named(error: AssertionError, start: AnyFunction): AssertionError {
  return Object.assign(error, { operator: start.name });
}

function fail(
  { start, diff }: Call,
  actual: unknown,
  expected: unknown,
  message: unknown,
  generated: string,
): never {
  if (message instanceof Error) throw message;
  throw new AssertionError({
    actual,
    expected,
    message: message || generated,
    generatedMessage: !message,
    operator: start.name,
    stackStartFn: start,
    diff,
  });
}

export function expectNoError(
  { start, diff }: Call,
  thrown: unknown,
  expected?: unknown,
  message?: unknown,
): void {
  if (thrown === NOTHING) return;
  const said = typeof expected === "string" ? expected : message;
  const wanted = typeof expected === "string" ? undefined : (expected as Expected);
  if (wanted && !matches(thrown, wanted)) throw thrown;
  const details = said ? `: ${typeof said === "string" ? said : inspect(said)}` : ".";
  const kind = start.name === "doesNotReject" ? "rejection" : "exception";
  throw new AssertionError({
    actual: thrown,
    expected: wanted,
    operator: start.name,
    message: `Got unwanted ${kind}${details}\nActual message: "${String((thrown as Partial<Error> | null)?.message)}"`,
    stackStartFn: start,
    diff,
  });
}

function matches(thrown: unknown, wanted: NonNullable<Expected>): boolean {
  if (wanted instanceof RegExp) return wanted.test(String(thrown));
  if (typeof wanted !== "function") throw invalidArgType("expected", ["function", "RegExp"], wanted);
  const test = wanted as (error: unknown) => unknown;
  if (test.prototype !== undefined && thrown instanceof test) return true;
  if (Object.prototype.isPrototypeOf.call(Error, test)) return false;
  return Reflect.apply(test, {}, [thrown]) === true;
}
