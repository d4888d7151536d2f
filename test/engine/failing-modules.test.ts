import { describe, expect, it } from "vitest";
import { deployFolder } from "./artifact-bench.ts";

const HAS_DEFER = Number(process.versions.node.split(".")[0]) >= 26;

const FILES = {
  "throws.mjs": `export const a = 1; throw globalThis.thrown = Object.assign(new RangeError("no " + (globalThis.runs = (globalThis.runs ?? 0) + 1)), { code: "ERR_MINE" });`,
  "imports-it.mjs": `import "./throws.mjs"; export const b = 2;`,
  "value.mjs": `throw globalThis.thrown = { plain: true };`,
  "waits.mjs": `await null; throw new TypeError("later " + (globalThis.runs = (globalThis.runs ?? 0) + 1));`,
  "waits-long.mjs": `await new Promise((resolve) => setTimeout(resolve, 5)); throw new TypeError("much later");`,
  "never.mjs": `await new Promise((resolve) => setTimeout(resolve, 5)); export const c = 3;`,
  "good.mjs": `export const d = 4; export default 5;`,
  "throws.cjs": `throw globalThis.thrown = new EvalError("common");`,
};

async function answerOf(handler: string, file = "index.mjs"): Promise<unknown> {
  const bench = await deployFolder({ ...FILES, [file]: handler });
  const first = (await bench.succeed()).payload;
  // The environment goes on.
  expect((await bench.succeed()).coldStart).toBe(false);
  return first;
}

/** Both formats: `import()` stands in CommonJS, too. */
describe.each(["index.mjs", "index.cjs"])("in %s", (file) => {
  const handlerOf = (body: string): string =>
    `${file.endsWith(".mjs") ? "export const handler" : "exports.handler"} = async () => { ${body} };`;

  it("import() of a module that throws can be caught, and throws the same again", async () => {
    const answer = await answerOf(
      handlerOf(`const errors = [];
        for (const name of ["./throws.mjs", "./throws.mjs", "./imports-it.mjs"]) try { await import(name) } catch (error) { errors.push(error) }
        return [errors[0] instanceof RangeError, errors[0].message, errors[0] === errors[1], runs, ${HAS_DEFER ? "errors[0] === thrown, errors[2] === thrown, errors[0].code" : "true, true, 'ERR_MINE'"}];`),
      file,
    );
    expect(answer).toEqual([true, "no 1", true, 1, true, true, "ERR_MINE"]);
  });

  it("import() of a module whose top-level await rejects can be caught, at once and later", async () => {
    const answer = await answerOf(
      handlerOf(`const errors = [];
        for (const name of ["./waits.mjs", "./waits.mjs", "./waits-long.mjs"]) try { await import(name) } catch (error) { errors.push(error) }
        return [...errors.map((error) => error.constructor.name + ": " + error.message), errors[0] === errors[1], runs];`),
      file,
    );
    expect(answer).toEqual(["TypeError: later 1", "TypeError: later 1", "TypeError: much later", true, 1]);
  });

  it("imports at the same time fail each for itself", async () => {
    const answer = await answerOf(
      handlerOf(`const results = await Promise.allSettled(["waits.mjs", "never.mjs", "waits-long.mjs", "throws.mjs", "good.mjs"].map((name) => import("./" + name)));
        return results.map(({ value, reason }) => value ? { ...value } : reason.message);`),
      file,
    );
    expect(answer).toEqual(["later 1", { c: 3 }, "much later", "no 2", { d: 4, default: 5 }]);
  });

  it("what else is rejected meanwhile still fails the invocation", async () => {
    const bench = await deployFolder({
      ...FILES,
      [file]: handlerOf(
        `import("./waits-long.mjs").catch(() => {}); Promise.reject(new Error("mine")); await new Promise((r) => setTimeout(r, 15_000));`,
      ),
    });
    const { error } = await bench.fail();
    expect(error).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: expect.stringContaining("mine") as string,
    });
  });

  it("a rejected import that nobody handles fails the invocation", async () => {
    const bench = await deployFolder({
      ...FILES,
      [file]: handlerOf(`import("./waits.mjs"); await new Promise((r) => setTimeout(r, 15_000));`),
    });
    expect((await bench.fail()).error.errorMessage).toContain("later 1");
  });
});

describe("while a function loads", () => {
  it.each(["./throws.mjs", "./waits.mjs", "./waits-long.mjs", "./throws.cjs", "./missing.mjs"])(
    "a failing import of %s can be caught",
    async (name) => {
      const handler = `let failure; try { await import("${name}") } catch (error) { failure = error.name }
        export const handler = async () => failure;`;
      expect(await answerOf(handler)).toMatch(/Error$/);
    },
  );

  it("one that isn't caught fails the init with its error", async () => {
    const bench = await deployFolder({
      ...FILES,
      "index.mjs": `await import("./waits.mjs"); export const handler = () => 1;`,
    });
    expect((await bench.fail()).error).toMatchObject({ errorType: "TypeError", errorMessage: "later 1" });
  });
});

describe.runIf(HAS_DEFER)("require of an ES module", () => {
  it("throws what that throws, the same each time", async () => {
    const answer = await answerOf(
      `const errors = [];
      for (const name of ["./throws.mjs", "./throws.mjs", "./imports-it.mjs"]) try { require(name) } catch (error) { errors.push(error) }
      exports.handler = async () => {
        try { require("./value.mjs") } catch (value) { return [errors.every((error) => error === errors[0]), errors[0].code, errors[0] instanceof RangeError, value, runs] }
      };`,
      "index.cjs",
    );
    expect(answer).toEqual([true, "ERR_MINE", true, { plain: true }, 1]);
  });

  it("that waits throws as in Node, and one that doesn't gives its exports", async () => {
    const answer = await answerOf(
      `exports.handler = async () => {
        const good = require("./good.mjs");
        try { require("./never.mjs") } catch (error) { return [error.code, good.d, good.default, (await import("./good.mjs")).d] }
      };`,
      "index.cjs",
    );
    expect(answer).toEqual(["ERR_REQUIRE_ASYNC_MODULE", 4, 5, 4]);
  });

  it("that isn't caught fails the init with its error and place", async () => {
    const bench = await deployFolder({
      ...FILES,
      "index.cjs": `require("./throws.mjs"); exports.handler = () => 1;`,
    });
    const { error } = await bench.fail();
    expect(error).toMatchObject({ errorType: "RangeError", errorMessage: "no 1" });
    expect(error.trace?.[1]).toMatch(/\/var\/task\/throws\.mjs:1:/);
  });
});
