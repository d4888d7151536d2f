/** `node:assert`, as far as undici's fetch uses it. */
interface Assert {
  (value: unknown, message?: string): asserts value;
  equal(actual: unknown, expected: unknown): void;
  strictEqual(actual: unknown, expected: unknown): void;
  notStrictEqual(actual: unknown, expected: unknown): void;
}

function check(value: unknown, message = "The expression evaluated to a falsy value"): asserts value {
  if (!value) throw Object.assign(new Error(message), { name: "AssertionError", code: "ERR_ASSERTION" });
}

const assert: Assert = Object.assign(check, {
  // eslint-disable-next-line eqeqeq -- As it is defined.
  equal: (actual: unknown, expected: unknown) => check(actual == expected),
  strictEqual: (actual: unknown, expected: unknown) => check(Object.is(actual, expected)),
  notStrictEqual: (actual: unknown, expected: unknown) => check(!Object.is(actual, expected)),
});

export default assert;
