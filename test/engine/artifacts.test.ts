import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeProject } from "../functions/project.ts";
import { makeZip } from "../functions/zip-writer.ts";
import { deployFolder } from "./artifact-bench.ts";
import { makeBench } from "./helpers.ts";

async function resultOf(...args: Parameters<typeof deployFolder>): Promise<unknown> {
  const bench = await deployFolder(...args);
  return (await bench.succeed()).payload;
}

describe("a directory", () => {
  it("with npm packages of both formats runs unbundled", async () => {
    const files = {
      "index.mjs": `import semver, { gt } from "semver"; import { z } from "zod"; import PQueue from "p-queue"; import { Cron } from "croner";
        export const handler = async () => [gt("2.0.0", "1.0.0"), semver.inc("1.2.3", "minor"), z.string().safeParse(1).success,
          await new PQueue().add(async () => 7), new Cron("0 0 1 1 *").nextRun(new Date(0)) instanceof Date];`,
    };
    const packages = ["semver", "zod", "p-queue", "p-timeout", "eventemitter3", "croner"];
    expect(await resultOf(files, { packages, memoryMb: 256 })).toEqual([true, "1.3.0", false, 7, true]);
  });

  it("gives CommonJS all that it expects", async () => {
    const files = {
      "src/app.js": `const path = require("path");
        exports.handler = async () => ({
          place: [__dirname, path.basename(__filename), module.id, require.main === module, module.paths.slice(0, 2)],
          json: require("../data").a, folder: require("../lib").name, resolved: require.resolve("../lib"),
          cycle: require("../cycle/a").seen, cached: Object.keys(require.cache).includes(require.resolve("../data.json")),
          same: require("../lib") === require("../lib/index.js"), esm: [require("../esm.mjs").named, require("../esm.mjs").default],
          created: require("module").createRequire("/var/task/lib/x.js")("./index").name,
          missing: (() => { try { require("nothing") } catch (error) { return [error.code, error.message.split("\\n")[0]]; } })(),
        });`,
      "data.json": `{ "a": 1 }`,
      "lib/index.js": `exports.name = "lib";`,
      "cycle/a.js": `exports.early = 1; exports.seen = require("./b").early;`,
      "cycle/b.js": `exports.early = require("./a").early;`,
      "esm.mjs": `export const named = "n"; export default "d";`,
    };
    expect(await resultOf(files, { handler: "src/app.handler" })).toEqual({
      place: [
        "/var/task/src",
        "app.js",
        "/var/task/src/app.js",
        false,
        ["/var/task/src/node_modules", "/var/task/node_modules"],
      ],
      json: 1,
      folder: "lib",
      resolved: "/var/task/lib/index.js",
      cycle: 1,
      cached: true,
      same: true,
      esm: ["n", "d"],
      created: "lib",
      missing: ["MODULE_NOT_FOUND", "Cannot find module 'nothing'"],
    });
  });

  it("finds packages that are named as folders, beside a built-in module of the name", async () => {
    const files = {
      "index.js": `exports.handler = async () => [require("punycode/").own, require("plain/lib/").own, typeof require("punycode").toASCII];`,
      "node_modules/punycode/package.json": `{ "main": "main.js" }`,
      "node_modules/punycode/main.js": `exports.own = "package";`,
      "node_modules/plain/lib/index.js": `exports.own = "folder";`,
    };
    expect(await resultOf(files)).toEqual(["package", "folder", "function"]);
  });

  it("gives ES modules all that they expect", async () => {
    const files = {
      "package.json": `{ "name": "own", "type": "module", "exports": { ".": "./index.js", "./part": "./part.js" }, "imports": { "#dep": { "node": "./dep.js", "default": "./no.js" } } }`,
      "index.js": `import data from "./data.json" with { type: "json" }; import old, { made, again } from "./old.cjs"; import { dep } from "#dep";
        import { part } from "own/part"; import { two } from "pkg/two"; import which from "pkg";
        export const later = await import("./part.js");
        export const handler = async () => ({ data, old: old.made, made, again, dep, part, two, which, later: later.part,
          meta: [import.meta.url, import.meta.dirname, import.meta.filename, import.meta.resolve("pkg"), import.meta.resolve("fs")],
          failed: await Promise.all(["./none.js", "pkg/hidden", "none", "./throws.js", "./broken.js"].map((name) => import(name).catch((error) => error.code ?? error.name + ": " + error.message.slice(0, 20)))) });`,
      "data.json": `{ "a": 1 }`,
      "old.cjs": `exports.made = 1; Object.assign(exports, require("./more.cjs")); module.exports = { ...exports, ...require("./more.cjs"), made: exports.made };`,
      "more.cjs": `exports.again = 2;`,
      "dep.js": `export const dep = "dep";`,
      "part.js": `export const part = "part";`,
      "throws.js": `throw new RangeError("on load");`,
      "broken.js": `export const = 1;`,
      "node_modules/pkg/package.json": `{ "exports": { ".": { "require": "./c.cjs", "import": "./m.mjs" }, "./two": "./two.js", "./hidden": null } }`,
      "node_modules/pkg/m.mjs": `export default "import";`,
      "node_modules/pkg/c.cjs": `module.exports = "require";`,
      "node_modules/pkg/two.js": `exports.two = 2;`,
    };
    const expected = {
      data: { a: 1 },
      old: 1,
      made: 1,
      again: 2,
      dep: "dep",
      part: "part",
      two: 2,
      which: "import",
      later: "part",
      meta: [
        "file:///var/task/index.js",
        "/var/task",
        "/var/task/index.js",
        "file:///var/task/node_modules/pkg/m.mjs",
        "node:fs",
      ],
      failed: [
        "ERR_MODULE_NOT_FOUND",
        "ERR_PACKAGE_PATH_NOT_EXPORTED",
        "ERR_MODULE_NOT_FOUND",
        "RangeError: on load",
        "SyntaxError: Unexpected token '='",
      ],
    };
    expect(await resultOf(files)).toEqual(expected);
  });

  it("whose module can't be found fails as on Lambda, and names who wanted it", async () => {
    const bench = await deployFolder({ "index.js": `require("./lib");`, "lib.js": `require("left-out");` });
    const { error } = await bench.fail();
    expect(error).toMatchObject({ errorType: "Runtime.ImportModuleError" });
    expect(error.errorMessage).toBe(
      "Error: Cannot find module 'left-out'\nRequire stack:\n- /var/task/lib.js\n- /var/task/index.js",
    );
  });

  it("carries contexts of node:async_hooks through all of its files, and traces name their lines", async () => {
    const bench = await deployFolder({
      "index.js": `const { run, store } = require("./lib/context.js");
exports.handler = async (event) => run(7, async () => {
  await null;
  if (event) throw new Error("on purpose");
  return store.getStore();
});`,
      "lib/context.js": `const { AsyncLocalStorage } = require("node:async_hooks");
exports.store = new AsyncLocalStorage();
exports.run = async (value, act) => {
  await null;
  return exports.store.run(value, async () => {
    await null;
    return await act();
  });
};`,
    });
    expect((await bench.succeed()).payload).toBe(7);
    const { error } = await bench.fail(true);
    expect(error.trace).toContainEqual(expect.stringMatching(/\/var\/task\/index\.js:4:20/));
  });

  it("has traces that name its files", async () => {
    const bench = await deployFolder({
      "index.js": `const { fail } = require("./lib/fail");\nexports.handler = async () => fail();`,
      "lib/fail.js": `exports.fail = function fail() {\n  throw new Error("on purpose");\n};`,
    });
    const { error } = await bench.fail();
    expect(error.trace?.slice(1, 3)).toEqual([
      "    at fail (/var/task/lib/fail.js:2:9)",
      "    at exports.handler (/var/task/index.js:2:31)",
    ]);
  });
});

describe("a zip archive with layers", () => {
  it("finds packages in its layers", async () => {
    const { engine, succeed } = makeBench();
    const layer = makeZip([
      { name: "nodejs/node_modules/shared/index.js", content: `exports.where = __filename;` },
      { name: "nodejs/node24/node_modules/newer/index.js", content: `exports.where = __filename;` },
    ]);
    const zip = makeZip([
      {
        name: "index.mjs",
        content: `import { where } from "shared"; import newer from "newer"; export const handler = async () => [where, newer.where];`,
      },
    ]);
    await engine.deploy("fn", { code: { zip }, layers: [{ zip: layer }] });
    expect((await succeed()).payload).toEqual([
      "/opt/nodejs/node_modules/shared/index.js",
      "/opt/nodejs/node24/node_modules/newer/index.js",
    ]);
  });

  it("serves a bundled function with what was left out of the bundle", async () => {
    await using project = await makeProject({
      "app.ts": `import { where } from "shared"; export const handler = async (): Promise<string> => where;`,
    });
    const { engine, succeed } = makeBench();
    const layer = makeZip([
      { name: "nodejs/node_modules/shared/index.js", content: `exports.where = __dirname;` },
    ]);
    await engine.deploy("fn", {
      code: { file: project.path("app.ts"), external: ["shared"] },
      layers: [{ zip: layer }],
    });
    expect((await succeed()).payload).toBe("/opt/nodejs/node_modules/shared");
  });
});

describe("import() in one file", () => {
  it.each([
    ["an ES module", `export const handler = async () => (await import("node:path")).basename("/a/b");`],
    ["CommonJS", `exports.handler = async () => (await import("path")).default.basename("/a/b");`],
  ])("of %s gives built-in modules, and fails for all else", async (_what, source) => {
    const bench = makeBench();
    await bench.deploy(source);
    expect((await bench.succeed()).payload).toBe("b");
    await bench.deploy(source.replace("path", "nothing"));
    expect((await bench.fail()).error).toMatchObject({
      errorType: "Error",
      errorMessage: expect.stringContaining("Cannot find package") as string,
    });
  });
});

describe("a cache folder", () => {
  it("is used by the next engine, and outlives what spoils it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "isolet-cache-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const source = `export const handler = async () => "cached";`;
    for (let round = 0; round < 2; round++) {
      const bench = makeBench({ cacheDirectory: folder, cells: { count: 1, prepared: 0 } });
      await bench.deploy(source);
      expect((await bench.succeed()).payload).toBe("cached");
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      expect(found.filter((entry) => entry.isFile())).toHaveLength(1);
    }
  });
});
