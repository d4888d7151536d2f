import { afterAll, describe, expect, it } from "vitest";
import { ToHost } from "../../src/cell/protocol.ts";
import { CellUnderTest } from "./support.ts";

const cell = new CellUnderTest();
afterAll(() => cell[Symbol.asyncDispose]());

describe("a compile", () => {
  it.each([
    ["exports.handler = 1", "commonjs"],
    ["const a = require('fs'); module.exports = a", "commonjs"],
    ["", "commonjs"],
    ["return 5", "commonjs"],
    ["#!/usr/bin/env node\nexports.handler = 1", "commonjs"],
    ["async () => { await 1 }", "commonjs"],
    ["import('x')", "commonjs"],
    ["export const handler = 1", "esm"],
    ["import fs from 'node:fs'", "esm"],
    ["import 'node:fs'", "esm"],
    ["#!/usr/bin/env node\nexport {}", "esm"],
    ["await 1", "esm"],
    ["const x = await 1; export { x }", "esm"],
    ["console.log(import.meta.url)", "esm"],
    ["const module = 1, require = 2", "esm"],
  ])("of %j finds %s", async (source, format) => {
    const [, , found, error, cachedData] = await cell.compile(source);
    expect({ found, error }).toEqual({ found: format, error: "" });
    // Of ES modules, only those with a script form have one.
    if (format === "commonjs") expect(cachedData?.byteLength).toBeGreaterThan(0);
  });

  it.each([
    ["const a = ;", "commonjs", "SyntaxError: Unexpected token ';'"],
    ["export const a = ;", "esm", "SyntaxError: Unexpected token ';'"],
    ["import x from 'x'; import x from 'x'", "esm", "has already been declared"],
    ["function f() {", "commonjs", "SyntaxError"],
  ])("of %j tells the error of %s", async (source, format, words) => {
    const [, , found, error, cachedData] = await cell.compile(source);
    expect(found).toBe(format);
    expect(error).toContain(words);
    expect(cachedData).toBeUndefined();
  });

  it("keeps to the format it is given", async () => {
    const [, , found, error] = await cell.compile("export const a = 1", "commonjs");
    expect(found).toBe("commonjs");
    expect(error).toContain("Unexpected token 'export'");
    expect((await cell.compile("const a = 1", "esm"))[2]).toBe("esm");
  });

  it("gives the place of an error in the user's own file", async () => {
    for (const format of ["commonjs", "esm"] as const) {
      const [, , , error] = await cell.compile("// one\n// two\nlet a = ;", format, "/var/task/my-file.js");
      expect(error).toContain("my-file.js:3:9");
    }
    expect((await cell.compile("let a = ;", "commonjs"))[3]).toContain("index.js:1:9");
  });

  it("survives many compiles, and large ones", async () => {
    const large = `exports.list = [${"0,".repeat(200_000)}]`;
    expect((await cell.compile(large))[3]).toBe("");
    const all = await Promise.all(
      Array.from({ length: 450 }, (_, index) => cell.compile(`exports.a = ${index}`)),
    );
    expect(all.filter(([, , , error]) => error !== "")).toEqual([]);
  });

  it("runs nothing", async () => {
    const [, , , error] = await cell.compile("while (true) {}");
    expect(error).toBe("");
  });
});

describe.each(["esm", "commonjs"] as const)("a code cache of %s", (format) => {
  const source =
    format === "esm" ? "export const handler = async (n) => n + 1" : "exports.handler = async (n) => n + 1";

  it("is taken, and makes the same function", async () => {
    const [, , , , cachedData] = await cell.compile(source, format);
    if (!cachedData) throw new Error("no code cache");
    const environment = await cell.load(source, { format, cachedData });
    expect(await cell.call(environment, 1)).toBe(2);
  });

  it("that is broken or of other code does no harm", async () => {
    const [, , , , other] = await cell.compile(
      format === "esm" ? "export const x = 1" : "exports.x = 1",
      format,
    );
    for (const cachedData of [new Uint8Array(0), new Uint8Array(100), other]) {
      const environment = await cell.load(source, { format, ...(cachedData && { cachedData }) });
      expect(await cell.call(environment, 1)).toBe(2);
    }
  });
});

describe("an environment of no known version", () => {
  it("fails its init", async () => {
    const message = await cell.create(999);
    expect(message.slice(0, 3)).toEqual([ToHost.InitFailed, message[1], "protocol"]);
    expect(message[3]).toContain("unknown version");
  });
});
