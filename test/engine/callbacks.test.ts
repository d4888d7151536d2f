import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

const legacy = { runtime: "nodejs22.x" } as const;

describe("callbacks under nodejs22.x", () => {
  it.each([
    ["callback(null, value)", `(e, c, callback) => callback(null, { got: e })`, { got: 1 }],
    ["callback(undefined, value)", `(e, c, callback) => callback(undefined, "ok")`, "ok"],
    ["callback() without a value", `(e, c, callback) => callback()`, null],
    ["callback(null, undefined)", `(e, c, callback) => callback(null, undefined)`, null],
    ["a callback called later", `(e, c, callback) => { setTimeout(callback, 2, null, "later"); }`, "later"],
    [
      "only the first of several calls",
      `(e, c, cb) => { cb(null, 1); cb(null, 2); cb(new Error("no")); }`,
      1,
    ],
    ["context.succeed(value)", `(e, c) => c.succeed("fine")`, "fine"],
    ["context.succeed()", `(e, c) => c.succeed()`, null],
    ["context.done(null, value)", `(e, c) => c.done(null, "done")`, "done"],
    ["a callback that is never called", `(e, c, callback) => {}`, null],
    [
      "a callback that is never called, with a timer",
      `(e, c, callback) => { setTimeout(() => {}, 1); }`,
      null,
    ],
    ["a promise although it takes a callback", `(e, c, callback) => Promise.resolve("promise")`, "promise"],
    ["an async function that takes a callback", `async (e, c, callback) => "async"`, "async"],
  ])("%s", async (_name, handler, expected) => {
    const bench = makeBench();
    await bench.deploy(`exports.handler = ${handler};`, legacy);
    expect((await bench.succeed(1)).payload).toEqual(expected);
    expect(await bench.succeed(1)).toMatchObject({ coldStart: false });
  });

  it.each([
    ["callback(error)", `(e, c, callback) => callback(new TypeError("bad"))`, "TypeError", "bad"],
    ["callback(text)", `(e, c, callback) => callback("bad")`, "string", "bad"],
    ["context.fail(error)", `(e, c) => c.fail(new RangeError("bad"))`, "RangeError", "bad"],
    ["context.fail(text)", `(e, c) => c.fail("bad")`, "string", "bad"],
    ["context.done(error)", `(e, c) => c.done(new Error("bad"))`, "Error", "bad"],
    [
      "a throw before any callback",
      `(e, c, callback) => { throw new SyntaxError("bad"); }`,
      "SyntaxError",
      "bad",
    ],
    [
      "a throw after a callback that waits",
      `(e, c, callback) => { callback(null, 1); throw new Error("bad"); }`,
      "Error",
      "bad",
    ],
  ])("%s fails the invocation and keeps the environment", async (_name, handler, errorType, errorMessage) => {
    const bench = makeBench();
    await bench.deploy(`exports.handler = ${handler};`, legacy);
    expect((await bench.fail()).error).toMatchObject({ errorType, errorMessage });
    expect(await bench.fail()).toMatchObject({ coldStart: false });
  });

  it("answers only when timers are done, while callbackWaitsForEmptyEventLoop holds", async () => {
    const bench = makeBench();
    await bench.deploy(
      `exports.handler = (e, context, callback) => {
        const out = { waits: context.callbackWaitsForEmptyEventLoop, timer: false };
        setTimeout(() => { out.timer = true; }, 5);
        callback(null, out);
      };`,
      legacy,
    );
    expect((await bench.succeed()).payload).toEqual({ waits: true, timer: true });
  });

  it("answers at once with it false, and the timer fires in a later invocation", async () => {
    const bench = makeBench();
    await bench.deploy(
      `let fired = 0;
      exports.handler = (e, context, callback) => {
        if (e === "wait") return void setTimeout(() => context.succeed(fired), 20);
        context.callbackWaitsForEmptyEventLoop = false;
        setTimeout(() => { fired++; }, 5);
        callback(null, fired);
      };`,
      legacy,
    );
    expect((await bench.succeed()).payload).toBe(0);
    expect((await bench.succeed("wait")).payload).toBe(1);
  });

  it.each(["c.succeed(out)", "c.done(null, out)"])("answers at once by %s", async (call) => {
    const bench = makeBench();
    await bench.deploy(
      `exports.handler = (e, c) => {
        const out = { timer: false };
        setTimeout(() => { out.timer = true; }, 5);
        ${call};
      };`,
      legacy,
    );
    expect((await bench.succeed()).payload).toEqual({ timer: false });
  });

  it("has context methods only here", async () => {
    const source = `exports.handler = async (e, c) => ["done", "succeed", "fail", "callbackWaitsForEmptyEventLoop"].map((k) => typeof c[k]);`;
    const bench = makeBench();
    await bench.deploy(source, legacy);
    expect((await bench.succeed()).payload).toEqual(["function", "function", "function", "boolean"]);
    await bench.deploy(source, { runtime: "nodejs24.x" });
    expect((await bench.succeed()).payload).toEqual(["undefined", "undefined", "undefined", "undefined"]);
  });
});

describe("callbacks under nodejs24.x", () => {
  it.each([
    ["a plain function", `(event, context, callback) => callback(null, 1)`],
    ["an async function", `async (event, context, callback) => 1`],
    ["a function of four parameters", `(event, context, callback, more) => 1`],
  ])("are refused at init: %s of three or more parameters", async (_name, handler) => {
    const bench = makeBench();
    await bench.deploy(`exports.handler = ${handler};`);
    const { error } = await bench.fail();
    expect(error.errorType).toBe("Runtime.CallbackHandlerDeprecated");
    expect(error.errorMessage).toMatch(/removed support for callback-based function handlers/);
    expect(bench.meters[0]).toMatchObject({
      outcome: "failed",
      errorType: "Runtime.CallbackHandlerDeprecated",
    });
  });

  it.each([
    ["a rest parameter", `async (...args) => args.length`],
    ["a third parameter with a default", `async (event, context, more = 1) => more + 1`],
  ])("are not seen in %s", async (_name, handler) => {
    const bench = makeBench();
    await bench.deploy(`exports.handler = ${handler};`);
    expect((await bench.succeed()).payload).toBe(2);
  });
});
