import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

const RUNTIMES = ["nodejs22.x", "nodejs24.x"] as const;

describe("what a handler gives becomes JSON", () => {
  it.each([
    ["undefined", "undefined", null],
    ["nothing at all", "void 0", null],
    ["null", "null", null],
    ["a text", `"grüß 😀"`, "grüß 😀"],
    ["an empty text", `""`, ""],
    ["false and 0", "[false, 0]", [false, 0]],
    ["NaN and infinities", "[NaN, Infinity, -Infinity]", [null, null, null]],
    ["-0", "-0", 0],
    ["a Date", "new Date(0)", "1970-01-01T00:00:00.000Z"],
    ["an object with a toJSON", "{ toJSON: () => ({ by: 'toJSON' }) }", { by: "toJSON" }],
    ["undefined inside", "{ a: undefined, b: [undefined] }", { b: [null] }],
    ["functions and symbols inside", "{ f() {}, s: Symbol('x'), a: [() => 1] }", { a: [null] }],
    ["a Map, a Set and a RegExp", "[new Map([[1, 2]]), new Set([1]), /x/]", [{}, {}, {}]],
    ["an Error", "Object.assign(new Error('hidden'), { code: 'E' })", { code: "E" }],
    ["a Buffer", "Buffer.from('hi')", { type: "Buffer", data: [104, 105] }],
    ["a typed array", "new Uint8Array([1, 2])", { 0: 1, 1: 2 }],
    ["boxed values", "[Object('s'), Object(1), Object(true)]", ["s", 1, true]],
    ["a class instance with a getter", "new (class { a = 1; get b() { return 2; } })()", { a: 1 }],
    ["an object without a prototype", "Object.assign(Object.create(null), { a: 1 })", { a: 1 }],
    ["keys named like an object's own", 'JSON.parse(\'{"__proto__":1,"constructor":2}\')', undefined],
    ["a lone surrogate", `"\\ud800"`, "\ud800"],
  ])("%s", async (_name, value, expected) => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => (${value});`);
    const { payload } = await bench.succeed();
    if (expected === undefined) expect(JSON.stringify(payload)).toBe('{"__proto__":1,"constructor":2}');
    else expect(payload).toEqual(expected);
  });

  describe.each(RUNTIMES)("or an error under %s", (runtime) => {
    const errorType = runtime === "nodejs22.x" ? "Error" : "Runtime.JSONStringifyError";
    it.each([
      ["a BigInt", "1n"],
      ["a cycle", "(() => { const a = []; a.push(a); return a; })()"],
      ["a throwing toJSON", "{ toJSON() { throw new Error('secret'); } }"],
      ["a throwing getter", "{ get a() { throw new Error('secret'); } }"],
      ["a function", "() => 1"],
      ["a symbol", "Symbol('x')"],
    ])("%s", async (_name, value) => {
      const bench = makeBench();
      await bench.deploy(`exports.handler = async () => (${value});`, { runtime });
      const { error } = await bench.fail();
      expect(error).toMatchObject({ errorType, errorMessage: "Unable to stringify response body" });
      expect(JSON.stringify(error)).not.toContain("secret");
      expect(await bench.fail()).toMatchObject({ coldStart: false });
    });
  });
});

describe("what a handler throws becomes an error", () => {
  it.each([
    ["null", "null", "object", "null"],
    ["undefined", "undefined", "undefined", "undefined"],
    ["an object", "({ code: 1 })", "object", "[object Object]"],
    ["a text", `"plain"`, "string", "plain"],
    ["a number", "42", "number", "42"],
    ["a boolean", "false", "boolean", "false"],
    ["a BigInt", "10n", "bigint", "10"],
    ["a symbol", "Symbol('x')", "symbol", "Symbol(x)"],
    ["a function", "function f() {}", "function", "function f() {}"],
  ])("with its typeof: %s", async (_name, thrown, errorType, errorMessage) => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => { throw ${thrown}; };`);
    expect((await bench.fail()).error).toEqual({ errorType, errorMessage, trace: [] });
    await bench.deploy(`export const handler = () => { throw ${thrown}; };`);
    expect((await bench.fail()).error).toEqual({ errorType, errorMessage, trace: [] });
  });

  it("with the message and name that the error has by then", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => {
      const error = new Error("first"); error.name = "Renamed"; error.message = "second"; throw error;
    };`);
    const { error } = await bench.fail();
    expect(error).toMatchObject({ errorType: "Renamed", errorMessage: "second" });
    expect(error.trace?.[1]).toMatch(/index\.js:2:21/);
  });

  it("even when looking at it throws", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => {
      throw Object.defineProperty(new Error("x"), "name", { get() { throw new Error("no"); } });
    };`);
    expect((await bench.fail()).error).toMatchObject({
      errorType: "handled",
      errorMessage: expect.stringContaining("there was a problem while retrieving"),
    });
    expect(await bench.fail()).toMatchObject({ coldStart: false });
  });
});
