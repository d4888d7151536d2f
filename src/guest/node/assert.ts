/** `node:assert`. */
import { AssertionError } from "./assert/error.ts";
import { assertions, innerOk, OPTIONS } from "./assert/methods.ts";
import { nodeError, notAvailable } from "./shared/errors.ts";
import { requireOneOf } from "./shared/validate.ts";

function CallTracker(): never {
  throw notAvailable("assert.CallTracker", "Node deprecates it; count calls in the test itself.");
}

/** In strict mode these names mean the others. */
const STRICTLY: Readonly<Record<string, string>> = {
  equal: "strictEqual",
  deepEqual: "deepStrictEqual",
  notEqual: "notStrictEqual",
  notDeepEqual: "notDeepStrictEqual",
};

function strictOnes(): Record<string, unknown> {
  return Object.fromEntries(Object.entries(STRICTLY).map(([name, meant]) => [name, assertions[meant]]));
}

interface AssertOptions {
  readonly strict?: unknown;
  readonly diff?: unknown;
}

/** Assertions as an object of their own; a function, so that calling it says what is wrong. */
function Assert(this: object, options?: AssertOptions): void {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- to TypeScript it is a class
  if (!new.target) {
    throw nodeError(
      TypeError,
      "ERR_CONSTRUCT_CALL_REQUIRED",
      "Class constructor Assert cannot be invoked without `new`",
    );
  }
  const all = { strict: true, skipPrototype: false, ...options };
  if (all.diff !== undefined) requireOneOf(all.diff, "options.diff", ["simple", "full"]);
  Reflect.set(this, "AssertionError", AssertionError);
  Object.defineProperty(this, OPTIONS, { value: all });
  if (all.strict) Object.assign(this, strictOnes());
}

Object.assign(Assert.prototype as object, assertions);

export function create(): object {
  function assert(...args: unknown[]): void {
    innerOk(assert, args);
  }
  function strict(...args: unknown[]): void {
    innerOk(strict, args);
  }
  Object.assign(assert, assertions, { AssertionError, CallTracker, strict, Assert });
  Object.assign(strict, assert, strictOnes());
  return assert;
}
