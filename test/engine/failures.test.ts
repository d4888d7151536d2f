import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";
import type { FunctionSettings } from "../../src/index.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly settings?: Omit<FunctionSettings, "code">;
  readonly errorType: string;
  readonly errorMessage: string | RegExp;
  /** Whether the environment lives on. */
  readonly survives: boolean;
}

const CASES: readonly Case[] = [
  {
    name: "a thrown Error",
    source: `export const handler = async () => { throw new TypeError("boom"); };`,
    errorType: "TypeError",
    errorMessage: "boom",
    survives: true,
  },
  {
    name: "an error of the user's own class",
    source: `class OrderError extends Error { constructor(m) { super(m); this.name = "OrderError"; } }
      export const handler = async () => { throw new OrderError("no stock"); };`,
    errorType: "OrderError",
    errorMessage: "no stock",
    survives: true,
  },
  {
    name: "a thrown string",
    source: `export const handler = async () => { throw "plain"; };`,
    errorType: "string",
    errorMessage: "plain",
    survives: true,
  },
  {
    name: "a thrown number",
    source: `export const handler = async () => { throw 42; };`,
    errorType: "number",
    errorMessage: "42",
    survives: true,
  },
  {
    name: "a handler that is not exported",
    source: `export const other = 1;`,
    errorType: "Runtime.HandlerNotFound",
    errorMessage: "index.handler is undefined or not exported",
    survives: false,
  },
  {
    name: "a handler that is not a function",
    source: `export const handler = { a: 1 };`,
    errorType: "Runtime.HandlerNotFound",
    errorMessage: "index.handler is not a function",
    survives: false,
  },
  {
    name: "a handler name without a dot",
    source: `export const handler = async () => 1;`,
    settings: { handler: "handler" },
    errorType: "Runtime.MalformedHandlerName",
    errorMessage: "Bad handler",
    survives: false,
  },
  {
    name: "a handler name that climbs",
    source: `export const handler = async () => 1;`,
    settings: { handler: "../index.handler" },
    errorType: "Runtime.MalformedHandlerName",
    errorMessage: /is not a valid handler name/,
    survives: false,
  },
  {
    name: "a missing module, by require",
    source: `const x = require("left-pad"); exports.handler = async () => 1;`,
    errorType: "Runtime.ImportModuleError",
    errorMessage: /^Error: Cannot find module 'left-pad'/,
    survives: false,
  },
  {
    name: "a missing module, by import",
    source: `import x from "left-pad"; export const handler = async () => x;`,
    errorType: "Runtime.ImportModuleError",
    errorMessage: /left-pad/,
    survives: false,
  },
  {
    name: "a SyntaxError while loading, CommonJS",
    source: `JSON.parse("{"); exports.handler = async () => 1;`,
    errorType: "Runtime.UserCodeSyntaxError",
    errorMessage: /^SyntaxError: /,
    survives: false,
  },
  {
    name: "a SyntaxError while loading, ESM",
    source: `JSON.parse("{"); export const handler = async () => 1;`,
    errorType: "Runtime.UserCodeSyntaxError",
    errorMessage: /^SyntaxError: /,
    survives: false,
  },
  {
    name: "an error while loading",
    source: `throw new RangeError("at load"); export const handler = async () => 1;`,
    errorType: "RangeError",
    errorMessage: "at load",
    survives: false,
  },
  {
    name: "an error after a top-level await",
    source: `await new Promise((r) => setTimeout(r, 5)); throw new RangeError("late"); export const handler = async () => 1;`,
    errorType: "RangeError",
    errorMessage: "late",
    survives: false,
  },
  {
    name: "a promise rejected and not handled",
    source: `export const handler = async () => { Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 1000)); };`,
    errorType: "Runtime.UnhandledPromiseRejection",
    errorMessage: "Error: lost",
    survives: false,
  },
  {
    name: "process.exit(3)",
    source: `export const handler = async () => { process.exit(3); };`,
    errorType: "Runtime.ExitError",
    errorMessage: /^RequestId: \S+ Error: Runtime exited with error: exit status 3$/,
    survives: false,
  },
  {
    name: "process.exit(0)",
    source: `export const handler = async () => { process.exit(0); };`,
    errorType: "Runtime.ExitError",
    errorMessage: /^RequestId: \S+ Error: Runtime exited without providing a reason$/,
    survives: false,
  },
  {
    name: "an async handler that can never settle",
    source: `export const handler = async () => { await new Promise(() => {}); };`,
    errorType: "Runtime.NodeJsExit",
    errorMessage: /Promise that was never settled/,
    survives: true,
  },
  {
    name: "an error thrown by a timer",
    source: `export const handler = async () => { setTimeout(() => { throw new Error("in timer"); }, 1); await new Promise((r) => setTimeout(r, 1000)); };`,
    errorType: "Error",
    errorMessage: "in timer",
    survives: false,
  },
  {
    name: "an endless loop",
    source: `export const handler = async () => { for (;;) {} };`,
    settings: { timeoutMs: 60 },
    errorType: "Sandbox.Timedout",
    errorMessage: /^RequestId: \S+ Error: Task timed out after 0\.06 seconds$/,
    survives: false,
  },
  {
    name: "an endless microtask loop",
    source: `export const handler = async () => { const f = () => Promise.resolve().then(f); await f(); };`,
    settings: { timeoutMs: 60 },
    errorType: "Sandbox.Timedout",
    errorMessage: /Task timed out/,
    survives: false,
  },
  {
    name: "an endless wait",
    source: `export const handler = async () => { await new Promise((r) => setTimeout(r, 60000)); };`,
    settings: { timeoutMs: 60 },
    errorType: "Sandbox.Timedout",
    errorMessage: /Task timed out/,
    survives: false,
  },
  {
    name: "a heap that grows without end",
    source: `export const handler = async () => { const a = []; for (;;) a.push(new Array(1000).fill(a.length)); };`,
    settings: { memoryMb: 32, timeoutMs: 20_000 },
    errorType: "Runtime.OutOfMemory",
    errorMessage: /^RequestId: \S+ Error: .*memoryMb of 32 MB/,
    survives: false,
  },
  {
    name: "a result over the limit",
    source: `export const handler = async () => "x".repeat(7 * 1024 * 1024);`,
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage:
      "Response payload size (7340034 bytes) exceeded maximum allowed payload size (6291456 bytes).",
    survives: true,
  },
  {
    name: "a cyclic result",
    source: `export const handler = async () => { const a = {}; a.a = a; return a; };`,
    errorType: "Runtime.JSONStringifyError",
    errorMessage: "Unable to stringify response body",
    survives: true,
  },
  {
    name: "a BigInt result",
    source: `export const handler = async () => ({ n: 1n });`,
    errorType: "Runtime.JSONStringifyError",
    errorMessage: "Unable to stringify response body",
    survives: true,
  },
  {
    name: "a BigInt result under nodejs22.x",
    source: `exports.handler = (event, context, callback) => callback(null, 1n);`,
    settings: { runtime: "nodejs22.x" },
    errorType: "Error",
    errorMessage: "Unable to stringify response body",
    survives: true,
  },
  {
    name: "a callback handler under nodejs24.x",
    source: `exports.handler = (event, context, callback) => callback(null, 1);`,
    errorType: "Runtime.CallbackHandlerDeprecated",
    errorMessage: /callback-based function handlers/,
    survives: false,
  },
];

describe("a function's own failure is a result in Lambda's shape", () => {
  it.each(CASES)("$name", async ({ source, settings, errorType, errorMessage, survives }) => {
    const bench = makeBench();
    await bench.deploy(source, settings);
    const { error } = await bench.fail();
    expect(error.errorType).toBe(errorType);
    if (typeof errorMessage === "string") expect(error.errorMessage).toBe(errorMessage);
    else expect(error.errorMessage).toMatch(errorMessage);
    expect(bench.meters).toHaveLength(1);
    expect(bench.meters[0]?.errorType).toBe(errorType);
    const again = await bench.fail();
    expect(again.error.errorType).toBe(errorType);
    expect(again.coldStart).toBe(!survives);
  });
});

describe("traces", () => {
  it("point at the line of an inline ES module", async () => {
    const bench = makeBench();
    await bench.deploy(`\nexport const handler = async () => {\n  throw new Error("here");\n};`);
    const { error } = await bench.fail();
    expect(error.trace?.[0]).toBe("Error: here");
    expect(error.trace?.[1]).toMatch(/\/var\/task\/index\.js:3:9\)?$/);
    expect(error.trace?.join("\n")).not.toMatch(/isolet|isolated-vm|node_modules/);
  });

  it("point at the line and column of an inline CommonJS module", async () => {
    const bench = makeBench();
    await bench.deploy(`exports.handler = async () => { throw new Error("here"); };`);
    const { error } = await bench.fail();
    expect(error.trace?.[1]).toMatch(/\/var\/task\/index\.js:1:39\)?$/);
  });
});

describe("an environment after a failure", () => {
  it("keeps module state after a thrown error and loses it after a timeout", async () => {
    const bench = makeBench();
    await bench.deploy(
      `let n = 0; export const handler = async (e) => { n++; if (e === "throw") throw new Error("x"); if (e === "hang") for (;;) {} return n; };`,
      { timeoutMs: 100 },
    );
    expect((await bench.succeed()).payload).toBe(1);
    await bench.fail("throw");
    expect((await bench.succeed()).payload).toBe(3);
    await bench.fail("hang");
    expect(await bench.succeed()).toMatchObject({ payload: 1, coldStart: true });
  });

  it("is not used again when a rejection comes after the result", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async () => { Promise.reject(new Error("after")); return "fine"; };`,
    );
    expect((await bench.succeed()).payload).toBe("fine");
    expect(await bench.succeed()).toMatchObject({ payload: "fine", coldStart: true });
  });

  it("repeats a failed init once, inside the invocation", async () => {
    const bench = makeBench();
    const events: string[] = [];
    bench.engine.on("environment", (event) => events.push(event.type));
    await bench.deploy(
      `console.log("loading"); throw new Error("no"); export const handler = async () => 1;`,
    );
    await bench.fail();
    expect(events).toEqual(["init-failed", "init-failed"]);
    expect(bench.lines().filter((line) => line.endsWith("loading"))).toHaveLength(2);
    expect(bench.lines().filter((line) => line.startsWith("INIT_REPORT"))).toHaveLength(2);
  });

  it("ends an init that never ends", async () => {
    const bench = makeBench({ initTimeoutMs: 100 });
    await bench.deploy(`for (;;) {} export const handler = async () => 1;`, { timeoutMs: 100 });
    const { error } = await bench.fail();
    expect(error.errorType).toBe("Sandbox.Timedout");
    expect(error.errorMessage).toMatch(/Task timed out after 0\.10 seconds/);
  });
});
