import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";
import type { FunctionSettings } from "../../src/index.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly settings?: Omit<FunctionSettings, "code">;
  readonly payload?: unknown;
  readonly expected: unknown;
}

const CASES: readonly Case[] = [
  {
    name: "an async function",
    source: `export const handler = async (event) => ({ hello: event.name });`,
    payload: { name: "Ada" },
    expected: { hello: "Ada" },
  },
  {
    name: "a plain function that returns a promise",
    source: `export function handler(event) { return Promise.resolve(event.n + 1); }`,
    payload: { n: 1 },
    expected: 2,
  },
  {
    name: "a plain function that returns a promise, under nodejs22.x",
    source: `export function handler(event) { return Promise.resolve(event.n + 1); }`,
    settings: { runtime: "nodejs22.x" },
    payload: { n: 1 },
    expected: 2,
  },
  {
    name: "a plain function that returns a thenable of its own",
    source: `export const handler = () => ({ then(resolve) { setTimeout(resolve, 1, "then"); } });`,
    expected: "then",
  },
  {
    name: "a plain function whose value is the result, as the nodejs24.x client awaits it",
    source: `export const handler = (event) => ({ doubled: event * 2 });`,
    payload: 21,
    expected: { doubled: 42 },
  },
  {
    name: "a plain function whose value is not the result under nodejs22.x, which has callbacks for that",
    source: `export const handler = (event) => ({ doubled: event * 2 });`,
    settings: { runtime: "nodejs22.x" },
    payload: 21,
    expected: null,
  },
  {
    name: "an async generator's kind of result, which is no promise",
    source: `export async function* handler() { yield 1; }`,
    expected: {},
  },
  {
    name: "a bound function",
    source: `class App { n = 7; async run() { return this.n; } } const app = new App(); export const handler = app.run.bind(app);`,
    expected: 7,
  },
  {
    name: "a method found by a nested export",
    source: `export const api = { v1: { get: async () => "nested" } };`,
    settings: { handler: "index.api.v1.get" },
    expected: "nested",
  },
  {
    name: "a handler in a folder",
    source: `export const run = async () => "folder";`,
    settings: { handler: "src/functions/index.run" },
    expected: "folder",
  },
  {
    name: "a handler beside a default export",
    source: `export default 1; export const handler = async () => "named";`,
    expected: "named",
  },
  {
    name: "a handler inside the default export",
    source: `export default { handler: async () => "default" };`,
    expected: "default",
  },
  {
    name: "top-level await before the handler exists",
    source: `const value = await new Promise((r) => setTimeout(r, 2, "ready")); export const handler = async () => value;`,
    expected: "ready",
  },
  {
    name: "a built-in module, imported by its name and by its parts",
    source: `import buffer, { Buffer as B } from "node:buffer"; export const handler = async () => [buffer.Buffer === B, B.from("a").toString("hex")];`,
    expected: [true, "61"],
  },
  {
    name: "import.meta and strict mode",
    source: `export const handler = async () => [typeof import.meta, (function () { return this; })() === undefined];`,
    expected: ["object", true],
  },
];

describe("an ES module's handler", () => {
  it.each(CASES)("may be $name", async ({ source, settings, payload, expected }) => {
    const bench = makeBench();
    await bench.deploy(source, settings);
    expect((await bench.succeed(payload)).payload).toEqual(expected);
    expect(await bench.succeed(payload)).toMatchObject({ payload: expected, coldStart: false });
  });

  it("keeps module state between invocations of one environment, and not over redeploys", async () => {
    const bench = makeBench();
    const source = `let calls = 0; export const handler = async () => ++calls;`;
    await bench.deploy(source);
    expect((await bench.succeed()).payload).toBe(1);
    expect((await bench.succeed()).payload).toBe(2);
    await bench.deploy(source);
    expect(await bench.succeed()).toMatchObject({ payload: 1, functionVersion: "2", coldStart: true });
  });

  it("sees a copy of the payload, so that what it changes is its own", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async (event) => { event.list.push(3); return event; };`);
    const payload = { list: [1, 2] };
    expect((await bench.succeed(payload)).payload).toEqual({ list: [1, 2, 3] });
    expect(payload).toEqual({ list: [1, 2] });
  });

  it("gets null for no payload", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async (event) => event === null;`);
    expect((await bench.succeed()).payload).toBe(true);
  });

  it("runs what it left to microtasks before its result is written", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = () => { const out = { late: false }; queueMicrotask(() => { out.late = true; }); return out; };`,
    );
    expect((await bench.succeed()).payload).toEqual({ late: true });
  });
});
