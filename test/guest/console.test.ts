import { format } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GuestMessage } from "../../src/guest/contract.ts";
import { Guest, type GuestOptions } from "./support/guest.ts";

function logged(code: string, options?: GuestOptions): string[] {
  using guest = new Guest(options);
  guest.run(code);
  return guest.logs();
}

function loggedJson(code: string): unknown {
  return JSON.parse(logged(code, { format: "json" })[0]!);
}

const indirectEval = eval;

describe("the console's text", () => {
  it.each([
    ["TRACE", "trace", 0],
    ["DEBUG", "debug", 1],
    ["INFO", "info", 2],
    ["INFO", "log", 2],
    ["WARN", "warn", 3],
    ["ERROR", "error", 4],
    ["FATAL", "fatal", 5],
  ])("is at level %s for console.%s", (_level, method, index) => {
    using guest = new Guest();
    guest.run(`console.${method}("hello")`);
    expect(guest.sent).toEqual([{ kind: GuestMessage.Log, a: index, text: "hello" }]);
    expect(guest.loadedChunks()).toEqual([]);
  });

  it.each([
    `"100%"`,
    `"plain", 1, -0, 0, 1.5, NaN, true, null, undefined`,
    `"%s is %d years and %i, %f, %j %o %O %% %c", "Ada", 36.5, 36.5, 36.5, {a:1}, [1], {b:2}, "css"`,
    `"%s %s", 1`,
    `1, "two", 3n`,
    `{ a: 1, b: { c: { d: { e: 1 } } }, f: [1, 2, 3] }`,
    `[undefined, null, -0, "text", Symbol("s"), 10n]`,
    `new Map([["a", { b: 1 }]]), new Set([1, "2"])`,
    `new Uint8Array([1, 2, 3]), new ArrayBuffer(2)`,
    `new Date(0), /x/g, () => 1, class A {}, function f() {}`,
    `Object.create(null), new (class Point { x = 1 })()`,
    `new WeakMap(), Symbol.iterator`,
    `"a\\nb", ["a\\nb", "it's"]`,
    `{ get a() { return 1; }, set b(v) {} }`,
    `Array.from({ length: 120 }, (_, i) => i)`,
    `"x".repeat(200), { long: "y".repeat(200), more: "z".repeat(100) }`,
    `[, 1, , 2]`,
    `Object.assign([1], { extra: true })`,
  ])("is what util.format makes of %s", (args) => {
    const expected = indirectEval(`(...f) => f[0](${args})`) as (f: typeof format) => string;
    expect(logged(`console.log(${args})`)).toEqual([expected(format)]);
  });

  it("shows an error's stack, and its cause", () => {
    const [text] = logged(`console.error(new TypeError("bad", { cause: new Error("why") }))`);
    expect(text).toMatch(/^TypeError: bad\n {4}at /);
    expect(text).toMatch(/\[cause\]: Error: why\n/);
  });

  it("is for any plain values what util.format makes of them", () => {
    using guest = new Guest();
    const plain = fc.oneof(fc.string({ unit: "grapheme" }), fc.double(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1 }), (values) => {
        guest.set("values", values);
        guest.sent.length = 0;
        guest.run("console.log(...values)");
        expect(guest.logs()).toEqual([format(...values)]);
      }),
      { numRuns: 300 },
    );
  });

  it("cannot see into promises and proxies, for which there is no way in an isolate", () => {
    expect(logged("console.log(Promise.resolve(1), new Proxy({ a: 1 }, {}))")).toEqual([
      "Promise { <pending> } { a: 1 }",
    ]);
  });

  it("is undefined without arguments, as Lambda has it", () => {
    expect(logged("console.log()")).toEqual(["undefined"]);
  });

  it("is cut at the length of a line", () => {
    const [text] = logged(`console.log("x".repeat(2 ** 21))`);
    expect(text).toHaveLength(262_144);
    expect(text).toMatch(/x… \[cut: 2097152 characters, at most 262144 are kept\]$/);
  });

  it("needs no receiver", () => {
    expect(logged(`const { log } = console; [1].forEach((n) => log(n))`)).toEqual(["1"]);
  });
});

describe("the console's JSON", () => {
  it.each([
    [`"hello"`, { message: "hello" }],
    [`{ a: [1, null], b: undefined }`, { message: { a: [1, null] } }],
    [`undefined`, {}],
    [``, {}],
    [`1n`, { message: "1n" }],
    [
      `(() => { const o = { a: 1 }; o.o = o; return o; })()`,
      { message: "<ref *1> { a: 1, o: [Circular *1] }" },
    ],
    [`"n is %d", 4`, { message: "n is 4" }],
    [`"plain", 4`, { message: "plain 4" }],
  ])("of %s", (args, expected) => {
    expect(loggedJson(`console.log(${args})`)).toEqual(expected);
  });

  it("describes an error that is the message, or within it", () => {
    const error = {
      errorType: "RangeError",
      errorMessage: "far",
      stackTrace: expect.any(Array) as unknown,
      code: 7,
    };
    const make = `Object.assign(new RangeError("far"), { code: 7 })`;
    expect(loggedJson(`console.error(${make})`)).toEqual({ message: error });
    expect(loggedJson(`console.error({ deep: [${make}] })`)).toEqual({ message: { deep: [error] } });
  });

  it("describes the first error among several arguments beside the formatted text", () => {
    const record = loggedJson(`console.error("failed:", new TypeError("bad"), new Error("other"))`);
    expect(record).toEqual({
      message: expect.stringMatching(/^failed: TypeError: bad\n/) as string,
      errorType: "TypeError",
      errorMessage: "bad",
      stackTrace: expect.arrayContaining(["TypeError: bad"]) as string[],
    });
  });

  it("stays JSON when it is cut", () => {
    const code = `console.log({ quotes: '"'.repeat(2 ** 20), text: "é".repeat(2 ** 20) })`;
    const [text] = logged(code, { format: "json" });
    const { message } = JSON.parse(text!) as { message: string };
    expect(text!.length).toBeLessThanOrEqual(262_144);
    expect(message.slice(0, 26)).toBe('{"message":{"quotes":"\\"\\"');
    expect(message.slice(-60)).toMatch(/… \[cut: 3145763 characters, at most 262144 are kept\]$/);
  });
});

describe("the rest of the console", () => {
  it.each([
    ["DEBUG", ["debug", "info", "warn", "error", "fatal"]],
    ["warn", ["warn", "error", "fatal"]],
    ["FATAL", ["fatal"]],
    ["nonsense", ["trace", "debug", "info", "warn", "error", "fatal"]],
  ])("keeps what is at AWS_LAMBDA_LOG_LEVEL=%s or above", (level, kept) => {
    const code = `for (const m of ["trace", "debug", "info", "warn", "error", "fatal"]) console[m](m)`;
    expect(logged(code, { environment: { AWS_LAMBDA_LOG_LEVEL: level } })).toEqual(kept);
  });

  it("asserts, counts and groups", () => {
    const code = `console.assert(true, "no"); console.assert(false); console.assert(0, "n is %d", 1);
      console.assert(false, { a: 1 }); console.count(); console.count(); console.count("x"); console.countReset();
      console.count(); console.countReset("never"); console.group("g"); console.log("in"); console.groupEnd();`;
    expect(logged(code)).toEqual([
      ...["Assertion failed", "Assertion failed: n is 1", "Assertion failed { a: 1 }"],
      ...["default: 1", "default: 2", "x: 1", "default: 1", "Count for 'never' does not exist", "g", "in"],
    ]);
  });

  it.each([
    [0.1234, "t: 0.123ms"],
    [999, "t: 999ms"],
    [1500, "t: 1.500s"],
    [62_345, "t: 1:02.345 (m:ss.mmm)"],
    [3_723_456, "t: 1:02:03.456 (h:mm:ss.mmm)"],
  ])("times %d ms", (durationMs, expected) => {
    using guest = new Guest();
    guest.run(`console.time("t")`);
    guest.nowMs = durationMs;
    guest.run(`console.timeLog("t", "so far"); console.timeEnd("t"); console.timeEnd("t")`);
    expect(guest.logs()).toEqual([`${expected} so far`, expected, "No such label 't' for console.time()"]);
  });

  it.each([
    `[{ a: 1, b: "x" }, { b: 2, c: { d: [1] } }]`,
    `[1, "two", { three: 3 }]`,
    `{ x: { y: 1 }, z: 2 }`,
    `new Map([["k", 1], ["l", { m: 2 }]])`,
    `new Set([1, "a"])`,
    `[[1, 2], [3, 4]]`,
    `[{ a: 1, b: 2 }], ["b"]`,
    `"no table"`,
  ])("draws the table of %s as Node does", async (args) => {
    const { Console } = await import("node:console");
    const { PassThrough } = await import("node:stream");
    const stdout = new PassThrough({ encoding: "utf8" });
    const show = indirectEval(`(console) => console.table(${args})`) as (console: unknown) => void;
    show(new Console(stdout));
    expect(logged(`console.table(${args})`).join("\n") + "\n").toBe(stdout.read());
  });

  it("takes what is written to stdout and stderr as INFO lines", () => {
    using guest = new Guest();
    guest.run(`process.stdout.write("a\\n\\nb"); process.stderr.write(new TextEncoder().encode("é\\n"))`);
    expect(guest.sent.map(({ a, text }) => [a, text])).toEqual([
      [2, "a"],
      [2, ""],
      [2, "b"],
      [2, "é"],
    ]);
  });
});
