import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeProject } from "../functions/project.ts";
import { deployFolder } from "./artifact-bench.ts";
import { makeBench } from "./helpers.ts";
import type { FileCode, FunctionSettings } from "../../src/index.ts";

async function answerOf(
  files: Record<string, string>,
  { entry = "app.ts", ...code }: Omit<FileCode, "file"> & { readonly entry?: string } = {},
  settings: Omit<FunctionSettings, "code"> = {},
): Promise<unknown> {
  await using project = await makeProject(files);
  const bench = makeBench();
  await bench.engine.deploy("fn", { ...settings, code: { ...code, file: project.path(entry) } });
  return (await bench.succeed()).payload;
}

describe("the platform and the conditions of a bundle", () => {
  const FILES = {
    "app.ts": `import { by } from "by-exports"; import field from "by-field"; import { sep } from "node:path"; import bare from "path";
      export const handler = async () => [by, field, sep + bare.sep, process.env.NODE_ENV ?? "unset"];`,
    "node_modules/by-exports/package.json": JSON.stringify({
      exports: {
        special: "./special.js",
        worker: "./worker.js",
        browser: "./browser.js",
        node: "./node.js",
        default: "./default.js",
      },
    }),
    ...Object.fromEntries(
      ["special", "worker", "browser", "node", "default"].map((name) => [
        `node_modules/by-exports/${name}.js`,
        `export const by = "${name}";`,
      ]),
    ),
    "node_modules/by-field/package.json": `{ "main": "main.js", "browser": { "./main.js": "./browser.js" } }`,
    "node_modules/by-field/main.js": `module.exports = "main";`,
    "node_modules/by-field/browser.js": `module.exports = "browser";`,
  };

  it.each([
    [{}, ["node", "main", "//", "unset"]],
    [{ platform: "node" }, ["node", "main", "//", "unset"]],
    [{ platform: "worker" }, ["worker", "browser", "//", "unset"]],
    [{ conditions: ["special"] }, ["special", "main", "//", "unset"]],
    [{ platform: "worker", conditions: ["special"] }, ["special", "browser", "//", "unset"]],
    [{ conditions: ["browser"] }, ["browser", "main", "//", "unset"]],
  ] as const)("%j choose packages' builds", async (code, expected) => {
    expect(await answerOf(FILES, code)).toEqual(expected);
  });

  it.each([
    [{ platform: "browser" }, /code\.platform .*"node" or "worker"/],
    [{ conditions: "worker" }, /code\.conditions .*a list of at most 16 names/],
    [{ conditions: ["a b"] }, /code\.conditions\[0\]/],
  ])("%j are refused", async (code, message) => {
    const { engine } = makeBench();
    const given = { file: "app.ts", ...code } as unknown as FileCode;
    await expect(engine.deploy("fn", { code: given })).rejects.toThrow(message);
  });
});

/** The smallest module with a function: `add(a, b)`. */
const ADD = "AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=";

describe("what a bundle imports beside code", () => {
  it("is text, by its ending or by its type", async () => {
    const files = {
      "app.ts": `import page from "./page.html"; import query from "./query.sql"; import plain from "./plain.txt";
        import other from "./plain.conf" with { type: "text" }; import data from "./data.json";
        export const handler = async () => [page, query, plain, other, data.a];`,
      "page.html": "<p>grüß</p>",
      "query.sql": "SELECT 1",
      "plain.txt": "plain",
      "plain.conf": "conf",
      "data.json": `{ "a": 1 }`,
    };
    expect(await answerOf(files)).toEqual(["<p>grüß</p>", "SELECT 1", "plain", "conf", 1]);
  });

  it("is WebAssembly, as bytes to be compiled where that is granted", async () => {
    await using project = await makeProject({
      "app.ts": `import bytes from "./add.wasm";
        export const handler = async () => {
          const { instance } = await WebAssembly.instantiate(bytes);
          return [bytes instanceof Uint8Array, (instance.exports["add"] as (a: number, b: number) => number)(40, 2)];
        };`,
    });
    await writeFile(project.path("add.wasm"), Buffer.from(ADD, "base64"));
    const code = { file: project.path("app.ts") };
    const bench = makeBench();
    await bench.engine.deploy("fn", { code, permissions: { wasm: true } });
    expect((await bench.succeed()).payload).toEqual([true, 42]);
    await bench.engine.deploy("fn", { code });
    expect((await bench.fail()).error.errorMessage).toMatch(/grant it with permissions: \{ wasm: true \}/);
  });
});

describe("WebAssembly in an artifact", () => {
  it("is read by fs and compiled where that is granted", async () => {
    const files = {
      "index.js": `const bytes = require("node:fs").readFileSync(__dirname + "/add.b64", "latin1");
        exports.handler = async () => (await WebAssembly.instantiate(Buffer.from(bytes, "base64"))).instance.exports.add(40, 2);`,
      "add.b64": ADD,
    };
    const bench = await deployFolder(files, { permissions: { wasm: true } });
    expect((await bench.succeed()).payload).toBe(42);
  });
});

describe("a tsconfig", () => {
  const VIEW = `export const handler = async () => <b title="x">hi</b>;`;
  const H = `export const h = (tag: string, props: { title: string }, ...inner: string[]) => [tag, props.title, ...inner];`;

  it("chooses classic JSX and its factory", async () => {
    const files = {
      "view.tsx": `import { h } from "./h"; ${VIEW}`,
      "h.ts": H,
      "tsconfig.json": `{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }`,
    };
    expect(await answerOf(files, { entry: "view.tsx" })).toEqual(["b", "x", "hi"]);
  });

  it("chooses classic JSX with React's own factory", async () => {
    const files = {
      "view.tsx": `import { h } from "./h"; const React = { createElement: h }; ${VIEW}`,
      "h.ts": H,
      "tsconfig.json": `{ "compilerOptions": { "jsx": "react" } }`,
    };
    expect(await answerOf(files, { entry: "view.tsx" })).toEqual(["b", "x", "hi"]);
  });

  it("chooses where automatic JSX comes from", async () => {
    const files = {
      "view.tsx": VIEW,
      "tsconfig.json": `{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "tiny" } }`,
      "node_modules/tiny/package.json": `{ "exports": { "./jsx-runtime": "./runtime.js" } }`,
      "node_modules/tiny/runtime.js": `export const jsx = (tag, { title, children }) => ["tiny", tag, title, children];`,
    };
    expect(await answerOf(files, { entry: "view.tsx" })).toEqual(["tiny", "b", "x", "hi"]);
  });

  it("has paths, its own and those of what it extends, a package's included", async () => {
    const files = {
      "src/app.ts": `import { name } from "@lib/name"; export const handler = async () => name;`,
      "src/lib/name.ts": `export const name = "by paths";`,
      "base.json": `{ "compilerOptions": { "paths": { "@lib/*": ["./src/lib/*"] } } }`,
    };
    const extended = {
      ...files,
      "src/tsconfig.json": `{ // comments are allowed\n "extends": "../base.json", }`,
    };
    expect(await answerOf(extended, { entry: "src/app.ts" })).toBe("by paths");
    const own = {
      ...files,
      "tsconfig.json": `{ "compilerOptions": { "baseUrl": "src", "paths": { "@lib/*": ["lib/*"] } } }`,
    };
    expect(await answerOf(own, { entry: "src/app.ts" })).toBe("by paths");
    const byPackage = {
      ...files,
      "tsconfig.json": `{ "extends": "@conf/base/paths.json" }`,
      "node_modules/@conf/base/paths.json": `{ "compilerOptions": { "paths": { "@lib/*": ["../../../src/lib/*"] } } }`,
    };
    expect(await answerOf(byPackage, { entry: "src/app.ts" })).toBe("by paths");
  });
});

describe("limits and permissions of packages", () => {
  it("that are larger than what a process is sent are refused, by name, and serve in-process", async () => {
    const directory = await mkdtemp(join(tmpdir(), "isolet-large-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await mkdir(join(directory, "data"));
    await writeFile(join(directory, "data/large.bin"), Buffer.alloc(8_000_000));
    await writeFile(
      join(directory, "index.js"),
      `exports.handler = async () => require("fs").statSync("/var/task/data/large.bin").size;`,
    );
    const bench = makeBench({ codeLimitBytes: 1_000_000, payloadLimitBytes: 100_000 });
    const code = { directory };
    await expect(bench.engine.deploy("fn", { code, isolation: "process" })).rejects.toThrow(
      /its files have 80\d{5} bytes, over the \d+ that a process is sent.*codeLimitBytes/s,
    );
    await bench.engine.deploy("fn", { code, isolation: "in-process" });
    expect((await bench.succeed()).payload).toBe(8_000_000);
  });

  it("without fs have no /tmp, and read their own files all the same", async () => {
    const files = {
      "index.js": `const { value } = require("./lib"); const fs = require("node:fs");
        exports.handler = async () => {
          const own = fs.readFileSync(__dirname + "/lib.js", "utf8").length;
          try { fs.writeFileSync("/tmp/a", "a"); } catch (error) { return [value, own, error.message]; }
        };`,
      "lib.js": `exports.value = 7;`,
    };
    const bench = await deployFolder(files, { permissions: { fs: false } });
    expect((await bench.succeed()).payload).toEqual([7, 18, expect.stringMatching(/fs: true/)]);
  });
});
