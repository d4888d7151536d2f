/** `assert.throws` and its kin. */
import { inspect } from "node:util";
import { isDeepEqual } from "../shared/deep-equal.ts";
import { type AnyFunction, invalidArgType, invalidArgValue, nodeError } from "../shared/errors.ts";
import { AssertionError, textOf } from "./error.ts";

const NOTHING = Symbol("nothing was thrown");

function thrownBy(run: unknown): unknown {
  if (typeof run !== "function") throw invalidArgType("fn", "function", run);
  try {
    (run as () => void)();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

async function rejectionOf(run: unknown): Promise<unknown> {
  const promise: unknown = typeof run === "function" ? (run as () => unknown)() : run;
  if (typeof (promise as Partial<Promise<unknown>> | null)?.then !== "function") {
    if (typeof run !== "function") throw invalidArgType("promiseFn", ["function", "Promise"], run);
    throw nodeError(
      TypeError,
      "ERR_INVALID_RETURN_VALUE",
      `Expected instance of Promise to be returned from the "promiseFn" function but got ${promise === null ? "null" : `type ${typeof promise}`}.`,
    );
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

type Expected = ((error: unknown) => unknown) | RegExp | object | undefined;

function expectThrow(start: AnyFunction, thrown: unknown, expected: unknown, message: unknown): void {
  let wanted = expected as Expected | string;
  let said = message;
  if (typeof wanted === "string") {
    if (message !== undefined)
      throw invalidArgType("error", ["Object", "Error", "function", "RegExp"], expected);
    if (thrown !== NOTHING && (thrown === wanted || (thrown as Partial<Error> | null)?.message === wanted)) {
      throw nodeError(
        TypeError,
        "ERR_AMBIGUOUS_ARGUMENT",
        `The "error/message" argument is ambiguous. The error message "${wanted}" is identical to the message.`,
      );
    }
    said = wanted;
    wanted = undefined;
  }
  if (thrown === NOTHING) throw missing(start, wanted, said);
  if (wanted != null) check(start, thrown, wanted, said);
}

function missing(start: AnyFunction, wanted: Expected, message: unknown): AssertionError {
  const name = (wanted as { readonly name?: string } | undefined)?.name;
  const details = `${name ? ` (${name})` : ""}${message ? `: ${textOf(message)}` : "."}`;
  const kind = start.name === "rejects" ? "rejection" : "exception";
  return new AssertionError({
    actual: undefined,
    expected: wanted,
    operator: start.name,
    message: `Missing expected ${kind}${details}`,
    stackStartFn: start,
  });
}

function check(start: AnyFunction, thrown: unknown, wanted: NonNullable<Expected>, message: unknown): void {
  if (typeof wanted === "function")
    checkByFunction(start, thrown, wanted as (error: unknown) => unknown, message);
  else if (wanted instanceof RegExp) {
    const text = String(thrown);
    if (wanted.test(text)) return;
    fail(
      start,
      thrown,
      wanted,
      message,
      () => `The input did not match the regular expression ${inspect(wanted)}. Input:\n\n${inspect(text)}\n`,
    );
  } else checkByObject(start, thrown, wanted, message);
}

function checkByFunction(
  start: AnyFunction,
  thrown: unknown,
  wanted: (error: unknown) => unknown,
  message: unknown,
): void {
  if (wanted.prototype !== undefined && thrown instanceof wanted) return;
  if (Object.prototype.isPrototypeOf.call(Error, wanted) || (wanted as unknown) === Error) {
    fail(start, thrown, wanted, message, () => {
      const name = (thrown as { readonly constructor?: { readonly name?: string } } | null)?.constructor
        ?.name;
      const head = `The error is expected to be an instance of "${wanted.name}". Received `;
      return `${head}${thrown instanceof Error ? `"${name ?? ""}"` : `"${inspect(thrown, { depth: -1 })}"`}${
        thrown instanceof Error ? `\n\nError message:\n\n${thrown.message}` : ""
      }`;
    });
  }
  const result = Reflect.apply(wanted, {}, [thrown]);
  if (result === true) return;
  fail(start, thrown, wanted, message, () => {
    const name = wanted.name ? `"${wanted.name}" ` : "";
    return `The ${name}validation function is expected to return "true". Received ${inspect(result)}${
      thrown instanceof Error ? `\n\nCaught error:\n\n${inspect(thrown)}` : ""
    }`;
  });
}

function checkByObject(start: AnyFunction, thrown: unknown, wanted: object, message: unknown): void {
  if (typeof thrown !== "object" || thrown === null) {
    throw new AssertionError({
      actual: thrown,
      expected: wanted,
      message,
      operator: "deepStrictEqual",
      stackStartFn: start,
    });
  }
  const keys = Object.keys(wanted);
  if (wanted instanceof Error) keys.push("name", "message");
  else if (keys.length === 0) throw invalidArgValue("error", wanted, "may not be an empty object");
  for (const key of keys) {
    const actual: unknown = Reflect.get(thrown, key);
    const expected: unknown = Reflect.get(wanted, key);
    if (typeof actual === "string" && expected instanceof RegExp && expected.test(actual)) continue;
    if (key in thrown && isDeepEqual(actual, expected, "strict")) continue;
    const pick = (from: object): object =>
      Object.fromEntries(keys.filter((name) => name in from).map((name) => [name, Reflect.get(from, name)]));
    const generated = new AssertionError({
      actual: pick(thrown),
      expected: pick(wanted),
      operator: "deepStrictEqual",
    });
    fail(start, thrown, wanted, message, () => generated.message);
  }
}

function fail(
  start: AnyFunction,
  actual: unknown,
  expected: unknown,
  message: unknown,
  generate: () => string,
): void {
  if (message instanceof Error) throw message;
  throw new AssertionError({
    actual,
    expected,
    message: message ?? generate(),
    generatedMessage: message == null,
    operator: start.name,
    stackStartFn: start,
  });
}

function expectNone(start: AnyFunction, thrown: unknown, expected: unknown, message: unknown): void {
  if (thrown === NOTHING) return;
  const said = typeof expected === "string" ? expected : message;
  const wanted = typeof expected === "string" ? undefined : (expected as Expected);
  if (wanted !== undefined && !matches(thrown, wanted)) throw thrown;
  const details = said ? `: ${textOf(said)}` : ".";
  const kind = start.name === "doesNotReject" ? "rejection" : "exception";
  throw new AssertionError({
    actual: thrown,
    expected: wanted,
    operator: start.name,
    message: `Got unwanted ${kind}${details}\nActual message: "${String((thrown as Partial<Error> | null)?.message)}"`,
    stackStartFn: start,
    generatedMessage: said == null,
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

export function throws(run: unknown, expected?: unknown, message?: unknown): void {
  expectThrow(throws, thrownBy(run), expected, message);
}

export async function rejects(run: unknown, expected?: unknown, message?: unknown): Promise<void> {
  expectThrow(rejects, await rejectionOf(run), expected, message);
}

export function doesNotThrow(run: unknown, expected?: unknown, message?: unknown): void {
  expectNone(doesNotThrow, thrownBy(run), expected, message);
}

export async function doesNotReject(run: unknown, expected?: unknown, message?: unknown): Promise<void> {
  expectNone(doesNotReject, await rejectionOf(run), expected, message);
}
