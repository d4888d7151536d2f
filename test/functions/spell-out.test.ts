import { transformSync } from "esbuild";
import { expect, it } from "vitest";
import { spellOut } from "../../src/functions/spell-out.ts";

/** As in depd 1.1.2. */
const DEPD = `exports.wrap = function wrapfunction (log, fn, message) {
  var args = 'arg0, arg1'
  var deprecate = this // eslint-disable-line no-unused-vars
  var site = 'here'

   // eslint-disable-next-line no-eval
  var deprecatedfn = eval('(function (' + args + ') {\\n' +
    '"use strict"\\n' +
    'log.call(deprecate, message, site)\\n' +
    'return fn.apply(this, arguments)\\n' +
    '})')

  return deprecatedfn
}
exports.line = new Error().stack.split(":").at(-2);`;

/** As in @protobufjs/inquire. */
const INQUIRE = `exports.ask = (moduleName) => eval("quire".replace(/^/,"re"))(moduleName); // eslint-disable-line no-eval`;

interface Made {
  wrap(
    this: unknown,
    log: (this: unknown, ...args: unknown[]) => void,
    fn: unknown,
    message: string,
  ): (...args: unknown[]) => unknown;
  ask(name: string): unknown;
  readonly line: string;
}

/** What a CommonJS module exports where nothing evaluates. */
function run(source: string): Made {
  const exports = {} as Made;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const wrapper = new Function("exports", "require", "eval", source) as (...args: unknown[]) => void;
  wrapper(
    exports,
    (name: string) => `required ${name}`,
    () => {
      throw new Error("evaluated");
    },
  );
  return exports;
}

const minified = (source: string): string => transformSync(source, { minify: true }).code;
const printed = (source: string): string => transformSync(source).code;

it.each([
  ["as it is", DEPD],
  ["minified", minified(DEPD)],
  ["printed by esbuild", printed(DEPD)],
])("writes out what depd 1 evaluates: %s", (_what, source) => {
  expect(() =>
    run(source).wrap(
      () => undefined,
      () => 1,
      "old",
    ),
  ).toThrow("evaluated");
  const spelled = spellOut(source);
  const said: unknown[] = [];
  const deprecate = {};
  const wrapped = run(spelled).wrap.call(
    deprecate,
    function (...args) {
      said.push(this === deprecate, ...args);
    },
    function (this: unknown, a: number, b: number, ...more: number[]) {
      return [this, a, b, ...more];
    },
    "old",
  );
  expect(wrapped.length).toBe(2);
  expect(Reflect.apply(wrapped, "me", [1, 2, 3])).toEqual(["me", 1, 2, 3]);
  expect(said).toEqual([true, "old", "here"]);
  expect(run(spelled).line).toBe(run(source).line);
});

it.each([
  ["as it is", INQUIRE],
  ["minified", minified(INQUIRE)],
  ["printed by esbuild", printed(INQUIRE)],
])("writes out what inquire evaluates: %s", (_what, source) => {
  expect(run(spellOut(source)).ask("long")).toBe("required long");
});

it.each([
  `eval("log.call(deprecate, message, site)")`,
  `eval('(function (' + other + ') {\\n"use strict"\\nlog.call(deprecate, message, site)\\nreturn fn.apply(this, arguments)\\n})')`,
  `my.eval("quire".replace(/^/,"re"))`,
  `eval("quire")`,
])("leaves any other text alone: %s", (source) => {
  expect(spellOut(source)).toBe(source);
});
