import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";
import type { FunctionSettings } from "../../src/index.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly settings?: Omit<FunctionSettings, "code">;
  readonly expected: unknown;
}

const CASES: readonly Case[] = [
  { name: "exports.handler", source: `exports.handler = async (e) => e.n;`, expected: 5 },
  { name: "module.exports", source: `module.exports = { handler: async (e) => e.n };`, expected: 5 },
  {
    name: "a function with an export on it",
    source: `module.exports = function app() {}; module.exports.handler = async () => "on a function";`,
    expected: "on a function",
  },
  {
    name: "a class's static method",
    source: `module.exports = class { static async handler() { return "static"; } };`,
    expected: "static",
  },
  {
    name: "a nested export",
    source: `exports.a = { b: { c: async () => "deep" } };`,
    settings: { handler: "index.a.b.c" },
    expected: "deep",
  },
  {
    name: "a function that returns a promise",
    source: `exports.handler = (e) => new Promise((resolve) => setTimeout(() => resolve(e.n), 1));`,
    expected: 5,
  },
  {
    name: "a module with a hash-bang and a line comment at its end",
    source: `#!/usr/bin/env node\nexports.handler = async () => "bang"; // the end`,
    expected: "bang",
  },
  {
    name: "Node's module variables",
    source: `exports.handler = async () => [__filename, __dirname, module.id, module.filename, this === exports, require("buffer") === require("node:buffer")];`,
    expected: ["/var/task/index.js", "/var/task", ".", "/var/task/index.js", true, true],
  },
  {
    name: "a return at the top of the module",
    source: `exports.handler = async () => "early"; return; exports.handler = undefined;`,
    expected: "early",
  },
  {
    name: "sloppy mode, as Node runs it",
    source: `exports.handler = async () => (function () { return this === globalThis; })();`,
    expected: true,
  },
];

describe("a CommonJS handler", () => {
  it.each(CASES)("may be in $name", async ({ source, settings, expected }) => {
    const bench = makeBench();
    await bench.deploy(source, settings);
    expect((await bench.succeed({ n: 5 })).payload).toEqual(expected);
  });

  it("keeps module state between invocations", async () => {
    const bench = makeBench();
    await bench.deploy(`let n = 0; exports.handler = async () => ++n;`);
    const results = [await bench.succeed(), await bench.succeed(), await bench.succeed()];
    expect(results.map(({ payload }) => payload)).toEqual([1, 2, 3]);
    expect(results.map(({ coldStart }) => coldStart)).toEqual([true, false, false]);
  });
});
