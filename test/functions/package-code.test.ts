import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { symlink } from "node:fs/promises";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { InvalidCodeError, InvalidOptionError } from "../../src/base/errors.ts";
import { packageCode, type PackageOptions } from "../../src/functions/package-code.ts";
import type { FunctionCode } from "../../src/functions/settings.ts";
import { load, makeProject } from "./project.ts";

async function refusal(code: unknown, options?: PackageOptions): Promise<InvalidCodeError> {
  const error: unknown = await packageCode("greet", code as FunctionCode, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InvalidCodeError);
  return error as InvalidCodeError;
}

describe("source", () => {
  it("is taken as it is, without a look at its syntax", async () => {
    const source = "export const handler = () => 'grüß' +;";
    const code = await packageCode("greet", { source });
    expect(code).toEqual({
      source,
      format: undefined,
      filename: "/var/task/index.js",
      tracksContext: false,
      followsRejections: false,
      usesImports: false,
      sourceMap: undefined,
      sha256: createHash("sha256").update(source).digest("hex"),
      sizeBytes: source.length + 2,
    });
    expect(Object.isFrozen(code)).toBe(true);
  });

  it("is quick: ten thousand functions in a moment", async () => {
    const started = performance.now();
    for (let index = 0; index < 10_000; index++) {
      await packageCode(`fn${index}`, { source: `export const handler = () => ${index};` });
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("is held to the limit, in bytes", async () => {
    const source = "//äää";
    await expect(packageCode("greet", { source }, { codeLimitBytes: 8 })).resolves.toMatchObject({
      sizeBytes: 8,
    });
    const { message, errorType } = await refusal({ source }, { codeLimitBytes: 7 });
    expect(message).toMatch(/Function "greet": the code has 8 bytes, over the limit codeLimitBytes of 7/);
    expect(errorType).toBe("InvalidParameterValueException");
  });
});

describe("code", () => {
  it.each([
    [{}, "code", "an empty object"],
    [{ source: "1", file: "a.ts" }, "code", "source and file"],
    [{ source: 1 }, "code.source", 1],
    [{ file: "" }, "code.file", ""],
    [{ wasm: "a.wasm" }, "code", "wasm"],
    ["export const handler = 1", "code", "export const handler = 1"],
    [null, "code", null],
    [undefined, "code", undefined],
  ])("refuses %j", async (code, field, value) => {
    const packing = packageCode("greet", code as never);
    await expect(packing).rejects.toBeInstanceOf(InvalidOptionError);
    await expect(packing).rejects.toMatchObject({ code: "INVALID_SETTING", field, value });
  });

  it("takes the other one being undefined as not given", async () => {
    await expect(packageCode("greet", { source: "1", file: undefined })).resolves.toMatchObject({
      source: "1",
    });
  });
});

describe("file", () => {
  it("bundles TypeScript with JSON, text and an npm package", async () => {
    await using project = await makeProject(
      {
        "src/app.ts": `
          import { EventEmitter } from "eventemitter3";
          import { double } from "./lib/double.js";
          import settings from "./settings.json";
          import text from "./hello.txt";
          export const handler = async (event: number): Promise<unknown> => {
            const seen: number[] = [];
            new EventEmitter().on("x", (value: number) => seen.push(value)).emit("x", double(event));
            return { seen, settings, text };
          };`,
        "src/lib/double.ts": "export const double = (value: number): number => value * 2;",
        "src/settings.json": '{ "deep": [1] }',
        "src/hello.txt": "hello",
      },
      ["eventemitter3"],
    );
    const code = await packageCode("greet", { file: project.path("src/app.ts") });
    expect(code).toMatchObject({ format: "esm", filename: "/var/task/index.mjs" });
    expect(code.sha256).toBe(createHash("sha256").update(code.source).digest("hex"));
    expect(code.source).not.toContain(project.root);
    const { handler } = await load(code);
    expect(await handler(4)).toEqual({ seen: [8], settings: { deep: [1] }, text: "hello" });
  });

  it("keeps top-level await", async () => {
    await using project = await makeProject({
      "index.ts": "const one = await Promise.resolve(1); export const handler = () => one;",
    });
    const code = await packageCode("greet", { file: project.path("index.ts") });
    expect(code.format).toBe("esm");
    expect((await load(code)).handler()).toBe(1);
  });

  it.each(["index.js", "index.cjs", "index.cts"])(
    "keeps a CommonJS %s CommonJS, packages included",
    async (entry) => {
      await using project = await makeProject(
        {
          [entry]: `
          const EventEmitter = require("eventemitter3");
          const { shared } = require("./shared");
          exports.handler = async () => [typeof EventEmitter, shared, this === module.exports || typeof module];`,
          "shared.js": "export const shared = import.meta.url;",
        },
        ["eventemitter3"],
      );
      const code = await packageCode("greet", { file: project.path(entry) });
      expect(code).toMatchObject({ format: "commonjs", filename: "/var/task/index.js" });
      expect(code.source).not.toMatch(/^(?:import|export) /m);
      const { handler } = await load(code);
      expect(await handler()).toEqual(["function", "file:///var/task/index.js", true]);
    },
  );

  it("keeps TypeScript's `export =` CommonJS", async () => {
    await using project = await makeProject({ "index.ts": "export = { handler: () => 1 };" });
    const code = await packageCode("greet", { file: project.path("index.ts") });
    expect(code.format).toBe("commonjs");
    expect((await load(code)).handler()).toBe(1);
  });

  it("gives CommonJS packages in an ES module a working require, and a place", async () => {
    await using project = await makeProject({
      "index.mjs": `#!/usr/bin/env node
        import { createRequire } from "node:module";
        import cjs from "./cjs.cjs";
        const require = createRequire(import.meta.url);
        export const handler = () => [cjs.bytes("ä"), cjs.dynamic("node:path").sep, require("node:url").URL.name, cjs.place];`,
      "cjs.cjs": `
        const { Buffer } = require("buffer");
        exports.bytes = (text) => Buffer.from(text).length;
        exports.dynamic = (name) => require(name);
        exports.place = [__dirname, __filename];`,
    });
    const code = await packageCode("greet", { file: project.path("index.mjs") });
    expect(code.format).toBe("esm");
    const { handler } = await load(code);
    expect(handler()).toEqual([2, "/", "URL", ["/var/task", "/var/task/index.mjs"]]);
  });

  it("adds no import of node:module where nothing is required", async () => {
    await using project = await makeProject({
      "index.mjs": 'import { sep } from "node:path"; export const handler = () => sep;',
    });
    const code = await packageCode("greet", { file: project.path("index.mjs") });
    expect(code.source).not.toContain("node:module");
    expect(code.source).toContain('from "node:path"');
  });

  it("compiles JSX with the automatic runtime, or as the tsconfig says", async () => {
    const runtime = `export const jsx = (type: string, props: object) => ["auto", type, props];
      export const jsxs = jsx; export const Fragment = "fragment";`;
    await using project = await makeProject({
      "auto/app.tsx": "/** @jsxImportSource toy */ export const handler = () => <b title='x'>hi</b>;",
      "node_modules/toy/package.json":
        '{ "name": "toy", "exports": { "./jsx-runtime": "./jsx-runtime.ts" } }',
      "node_modules/toy/jsx-runtime.ts": runtime,
      "classic/app.tsx": `const h = (type: string, props: object, child: string) => ["h", type, props, child];
        export const handler = () => <b title='x'>hi</b>;`,
      "classic/tsconfig.json": '{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }',
    });
    const auto = await packageCode("greet", { file: project.path("auto/app.tsx") });
    expect((await load(auto)).handler()).toEqual(["auto", "b", { title: "x", children: "hi" }]);
    const classic = await packageCode("greet", { file: project.path("classic/app.tsx") });
    expect((await load(classic)).handler()).toEqual(["h", "b", { title: "x" }, "hi"]);
  });

  it("follows the paths of a tsconfig", async () => {
    await using project = await makeProject({
      "src/app.ts": 'import { one } from "@app/one"; export const handler = () => one;',
      "src/deep/one.ts": "export const one = 1;",
      "tsconfig.json": '{ "compilerOptions": { "paths": { "@app/*": ["./src/deep/*"] } } }',
    });
    const code = await packageCode("greet", { file: project.path("src/app.ts") });
    expect((await load(code)).handler()).toBe(1);
  });

  it("ignores style sheets a component imports", async () => {
    await using project = await makeProject({
      "app.ts": 'import "./app.css"; export const handler = () => 1;',
      "app.css": "a { color: red }",
    });
    const code = await packageCode("greet", { file: project.path("app.ts") });
    expect((await load(code)).handler()).toBe(1);
  });

  it("takes relative paths, file URLs and links, to the same code wherever it stands", async () => {
    const files = { "src/app.ts": "export const handler = () => 1;" };
    await using project = await makeProject(files);
    await using twin = await makeProject(files);
    const path = project.path("src/app.ts");
    const link = twin.path("link.ts");
    await symlink(path, link);
    const given = [
      link,
      path,
      relative(process.cwd(), path),
      pathToFileURL(path).href,
      twin.path("src/app.ts"),
    ];
    const codes = await Promise.all(given.map((file) => packageCode("greet", { file })));
    expect(new Set(codes.map((code) => code.sha256)).size).toBe(1);
    expect(new Set(codes.map((code) => code.sourceMap)).size).toBe(1);
  });

  it("holds the bundle to the limit, not the files it was made of", async () => {
    await using project = await makeProject({
      "app.js": `export const handler = () => 1; // ${"x".repeat(5000)}`,
    });
    const file = project.path("app.js");
    await expect(packageCode("greet", { file }, { codeLimitBytes: 1000 })).resolves.toHaveProperty(
      "format",
      "esm",
    );
    expect((await refusal({ file }, { codeLimitBytes: 20 })).message).toContain("codeLimitBytes of 20");
  });
});

describe("files that can't be bundled", () => {
  it("names a missing file, as given and as looked for", async () => {
    const { message, errorType } = await refusal({ file: "nowhere/app.ts" });
    expect(message).toContain(
      `can't read the file ${process.cwd()}/nowhere/app.ts (given as "nowhere/app.ts"`,
    );
    expect(errorType).toBe("Runtime.ImportModuleError");
  });

  it("refuses folders and URLs of elsewhere", async () => {
    await using project = await makeProject({});
    expect((await refusal({ file: project.root })).message).toContain(`${project.root} isn't a file`);
    expect((await refusal({ file: "file://elsewhere/app.ts" })).errorType).toBe("Runtime.ImportModuleError");
  });

  it("names the missing package, where it is imported, and what to do", async () => {
    await using project = await makeProject({
      "src/app.ts": 'import "./lib.js";',
      "src/lib.ts": '// first line\nimport helper from "@scope/not-there/deep";\nexport default helper;',
    });
    const { message, errorType } = await refusal({ file: project.path("src/app.ts") });
    expect(message).toContain(
      `${project.path("src/lib.ts")}:2:20: Could not resolve "@scope/not-there/deep"`,
    );
    expect(message).toContain("npm install @scope/not-there\n".trimEnd());
    expect(message).not.toContain(
      "not-there/deep\n  Install the package where the function's code is: npm install @scope/not-there/",
    );
    expect(message).not.toContain("external");
    expect(errorType).toBe("Runtime.ImportModuleError");
  });

  it("leaves what packages ask for by calls, and nobody installed, to when they ask", async () => {
    await using project = await makeProject({
      "index.ts": `import { optional, lazy } from "pack"; export const handler = async () => [await optional(), lazy()];`,
      "node_modules/pack/package.json": `{ "main": "index.js" }`,
      "node_modules/pack/index.js": `exports.optional = () => import("not-installed/part").catch((error) => error.code);
        exports.lazy = () => { const load = () => require("@not/installed"); try { load(); } catch (error) { return error.code; } };`,
    });
    const code = await packageCode("greet", { file: project.path("index.ts") });
    expect(await (await load(code)).handler()).toEqual(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);
  });

  it("speaks of the path when that is what's wrong", async () => {
    await using project = await makeProject({ "app.ts": 'export { x } from "./missing";' });
    const { message } = await refusal({ file: project.path("app.ts") });
    expect(message).toContain('Could not resolve "./missing"');
    expect(message).toContain("Check the path");
    expect(message).not.toContain("npm install");
  });

  it("shows a syntax error with file, line, column and code, counting characters", async () => {
    await using project = await makeProject({ "app.ts": 'const ok = 1;\nconst name = "grüß", x: = 1;\n' });
    const { message, errorType, code, fault } = await refusal({ file: project.path("app.ts") });
    expect(message).toContain(`${project.path("app.ts")}:2:25: Unexpected "="`);
    expect(message).toContain(`    const name = "grüß", x: = 1;\n    ${" ".repeat(24)}^`);
    expect({ errorType, code, fault }).toEqual({
      errorType: "Runtime.UserCodeSyntaxError",
      code: "INVALID_CODE",
      fault: "caller",
    });
  });

  it("refuses native add-ons and says why", async () => {
    await using project = await makeProject({ "app.js": 'import "./addon.node";', "addon.node": "" });
    const { message, errorType } = await refusal({ file: project.path("app.js") });
    expect(message).toContain("Native add-ons can't run in an isolate");
    expect(errorType).toBe("Runtime.ImportModuleError");
  });

  it("shows the first problems and counts the rest", async () => {
    const imports = Array.from({ length: 8 }, (_, index) => `import "./missing${index}";`).join("\n");
    await using project = await makeProject({ "app.js": imports });
    const { message } = await refusal({ file: project.path("app.js") });
    expect(message).toContain("missing4");
    expect(message).not.toContain("missing5");
    expect(message).toContain("… and 3 more");
  });
});

describe("esbuild's process", () => {
  it("doesn't keep the host alive after a bundle, and isn't loaded for sources", async () => {
    await using project = await makeProject({
      "app.ts": "export const handler = () => 1;",
      "host.mjs": `
        import { registerHooks } from "node:module";
        const imported = [];
        registerHooks({ resolve: (name, context, next) => (imported.push(name), next(name, context)) });
        const { packageCode } = await import(${JSON.stringify(pathToFileURL("src/functions/package-code.ts").href)});
        await packageCode("a", { source: "1" });
        const before = imported.includes("esbuild");
        const code = await packageCode("b", { file: "app.ts" });
        console.log(before, imported.includes("esbuild"), code.format);`,
    });
    const host = promisify(execFile)(process.execPath, ["host.mjs"], { cwd: project.root, timeout: 10_000 });
    // A host that had to be ended by the timeout would reject.
    await expect(host).resolves.toMatchObject({ stdout: "false true esm\n" });
  });
});
