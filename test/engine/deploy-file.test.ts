import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";
import { makeProject } from "../functions/project.ts";
import { InvalidCodeError } from "../../src/index.ts";

interface Case {
  readonly name: string;
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
  readonly packages?: readonly string[];
  readonly expected: unknown;
}

const CASES: readonly Case[] = [
  {
    name: "TypeScript with types, enums and an import",
    entry: "src/app.ts",
    files: {
      "src/app.ts": `import { greet, type Greeting } from "./greet"; enum Kind { A = "a" }
        export const handler = async (event: { name: string }): Promise<Greeting> => ({ ...greet(event.name), kind: Kind.A });`,
      "src/greet.ts": `export interface Greeting { text: string; kind?: string } export const greet = (name: string): Greeting => ({ text: \`hi \${name}\` });`,
    },
    expected: { text: "hi Ada", kind: "a" },
  },
  {
    name: "TSX with a factory of its own",
    entry: "page.tsx",
    files: {
      "page.tsx": `/** @jsxRuntime classic @jsx h */ const h = (tag: string, props: object | null, ...children: unknown[]) => \`<\${tag}>\${children.join("")}</\${tag}>\`;
        export const handler = async (event: { name: string }) => <p>hi {event.name}</p>;`,
    },
    expected: "<p>hi Ada</p>",
  },
  {
    name: "a JSON import",
    entry: "app.ts",
    files: {
      "app.ts": `import prices from "./prices.json"; export const handler = async () => prices.tea;`,
      "prices.json": `{ "tea": 3 }`,
    },
    expected: 3,
  },
  {
    name: "an npm dependency, bundled in",
    entry: "app.ts",
    files: {
      "app.ts": `import { z } from "zod"; const Name = z.object({ name: z.string() });
        export const handler = async (event: unknown) => Name.safeParse(event).success;`,
    },
    packages: ["zod"],
    expected: true,
  },
  {
    name: "top-level await",
    entry: "app.mts",
    files: {
      "app.mts": `const ready = await new Promise<string>((resolve) => setTimeout(resolve, 1, "ready")); export const handler = async () => ready;`,
    },
    expected: "ready",
  },
  {
    name: "CommonJS with a require of its own files",
    entry: "app.cjs",
    files: {
      "app.cjs": `const { add } = require("./math"); exports.handler = async () => add(1, 2);`,
      "math.js": `exports.add = (a, b) => a + b;`,
    },
    expected: 3,
  },
  {
    name: "CommonJS that imports an ES module's package",
    entry: "app.js",
    files: {
      "package.json": `{ "type": "commonjs" }`,
      "app.js": `const p = require("./esm.mjs"); module.exports.handler = async () => p.default + p.named;`,
      "esm.mjs": `export default 1; export const named = 2;`,
    },
    expected: 3,
  },
  {
    name: "a built-in module that the guest has",
    entry: "app.ts",
    files: {
      "app.ts": `import { Buffer } from "node:buffer"; export const handler = async () => Buffer.from("hi").toString("hex");`,
    },
    expected: "6869",
  },
];

describe("deploying a file", () => {
  it.each(CASES)("of $name", async ({ entry, files, packages, expected }) => {
    await using project = await makeProject(files, packages);
    const { engine } = makeBench();
    await engine.deploy("app", { code: { file: project.path(entry) } });
    expect(await engine.invoke("app", { name: "Ada" })).toMatchObject({
      status: "succeeded",
      payload: expected,
    });
  });

  it("takes the file as it is at the moment, and its size and hash with it", async () => {
    await using project = await makeProject({ "app.ts": `export const handler = async () => 1;` });
    const { engine } = makeBench();
    const code = { file: project.path("app.ts") };
    const first = await engine.deploy("app", { code });
    await writeFile(code.file, `export const handler = async () => 22;`);
    expect(await engine.invoke("app")).toMatchObject({ payload: 1 });
    const second = await engine.deploy("app", { code });
    expect(await engine.invoke("app")).toMatchObject({ payload: 22, functionVersion: "2" });
    expect(second.codeSha256).not.toBe(first.codeSha256);
    expect(first.codeSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(second.codeSizeBytes).toBeGreaterThan(0);
  });

  it("gives traces and logged errors that point at the TypeScript file and line", async () => {
    await using project = await makeProject({
      "src/app.ts": `import { check } from "./check";\ninterface Order { id: number }\n\nexport const handler = async (event: Order) => {\n  return check(event.id);\n};`,
      "src/check.ts": `type Id = number;\n\nexport function check(id: Id): never {\n  const error = new RangeError(\`no order \${id}\`);\n  console.error(error);\n  throw error;\n}`,
    });
    const bench = makeBench();
    await bench.engine.deploy("fn", { code: { file: project.path("src/app.ts") } });
    const { error } = await bench.fail({ id: 7 });
    expect(error).toMatchObject({ errorType: "RangeError", errorMessage: "no order 7" });
    expect(error.trace?.[0]).toBe("RangeError: no order 7");
    expect(error.trace?.[1]).toMatch(/check.*src\/check\.ts:4:17\)?$/);
    expect(error.trace?.[2]).toMatch(/handler.*src\/app\.ts:5:10\)?$/);
    const logged = bench.logs.find(({ origin }) => origin === "function");
    expect(logged?.message).toMatch(/src\/check\.ts:4:17/);
  });

  it("names the line of an error at load, too", async () => {
    await using project = await makeProject({
      "app.ts": `type A = 1;\nconst table: string = "x";\n\nthrow new Error(\`no \${table}\`);\nexport const handler = async (): Promise<A> => 1;`,
    });
    const bench = makeBench();
    await bench.engine.deploy("fn", { code: { file: project.path("app.ts") } });
    const { error } = await bench.fail();
    expect(error.trace?.join("\n")).toMatch(/app\.ts:4:7/);
  });

  it.each([
    [
      `import x from "no-such-package"; export const handler = async () => x;`,
      "Runtime.ImportModuleError",
      /no-such-package/,
    ],
    [
      `import { y } from "./missing"; export const handler = async () => y;`,
      "Runtime.ImportModuleError",
      /\.\/missing/,
    ],
    [`export const handler = async () => { return 1;`, "Runtime.UserCodeSyntaxError", /app\.ts:1/],
  ])("refuses what can't be bundled: %s", async (source, errorType, message) => {
    await using project = await makeProject({ "app.ts": source });
    const { engine } = makeBench();
    const error: unknown = await engine
      .deploy("app", { code: { file: project.path("app.ts") } })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidCodeError);
    expect(error).toMatchObject({ code: "INVALID_CODE", fault: "caller", errorType });
    expect((error as Error).message).toMatch(message);
    expect(() => engine.describe("app")).toThrow(/No function "app"/);
  });
});
