import { transform } from "esbuild";
import type { TransformOptions } from "esbuild";
import { describe, expect, it } from "vitest";
import { makeZip } from "../functions/zip-writer.ts";
import { deployFolder } from "./artifact-bench.ts";
import { makeBench } from "./helpers.ts";

/** What a bundler or compiler makes of a TypeScript file, with its source map. */
async function compiled(text: string, options: TransformOptions): Promise<{ code: string; map: string }> {
  return transform(text, {
    loader: "ts",
    sourcefile: "../src/app.ts",
    sourcesContent: false,
    minify: true,
    ...options,
  });
}

const FAILING = `interface Event { readonly name: string }

type Erased = { readonly a: 1 };

export const handler = async (event: Event): Promise<void> => {
  await null;
  if (event.name !== "log") throw new RangeError(event.name);
  console.log(new Error("logged"));
};
`;

describe("source maps that were shipped", () => {
  const ORIGINAL = /at .*\/var\/task\/src\/app\.ts:7:35/;

  interface Case {
    readonly where: string;
    readonly format?: "cjs" | "esm";
    readonly sourcemap: "external" | "inline";
    readonly comment?: string;
    /** In the place of the second declaration. */
    readonly head?: string;
  }
  // What uses contexts is compiled in another form than it was shipped in.
  const CASES: readonly Case[] = [
    { where: "beside the file", sourcemap: "external", comment: "\n//# sourceMappingURL=app.js.map\n" },
    { where: "in the file", sourcemap: "inline" },
    { where: "in the file, an ES module", format: "esm", sourcemap: "inline" },
    { where: "in a file that uses contexts", sourcemap: "inline", head: `import "node:async_hooks";` },
    {
      where: "beside a file that uses contexts",
      sourcemap: "external",
      comment: "\n//# sourceMappingURL=app.js.map",
      head: `import "node:async_hooks";`,
    },
  ];
  it.each(CASES)(
    "$where are applied to traces and logs",
    async ({ format = "cjs", sourcemap, comment = "", head }) => {
      const text = head === undefined ? FAILING : FAILING.replace("type Erased = { readonly a: 1 };", head);
      const { code, map } = await compiled(text, { format, sourcemap });
      const type = format === "esm" ? "module" : "commonjs";
      const bench = await deployFolder(
        { "dist/app.js": code + comment, "dist/app.js.map": map, "package.json": `{ "type": "${type}" }` },
        { handler: "dist/app.handler" },
      );
      const { error } = await bench.fail({ name: "on purpose" });
      expect(error.trace?.[0]).toBe("RangeError: on purpose");
      expect(error.trace?.[1]).toMatch(ORIGINAL);
      await bench.succeed({ name: "log" });
      expect(bench.logs.map(({ message }) => message).join("\n")).toMatch(/src\/app\.ts:8:15/);
    },
  );

  it("are left alone when NODE_OPTIONS says so", async () => {
    const { code } = await compiled(FAILING, { format: "cjs", sourcemap: "inline" });
    const environment = { NODE_OPTIONS: "--no-enable-source-maps" };
    const bench = await deployFolder({ "app.js": code }, { handler: "app.handler", environment });
    const { error } = await bench.fail({ name: "on purpose" });
    expect(error.trace?.[1]).toMatch(/\/var\/task\/app\.js:1:/);
  });

  it.each([
    ["isn't there", "app.js.map", undefined],
    ["leads out of the artifact", "../../../../etc/passwd", undefined],
    ["is on another machine", "https://example.com/app.js.map", undefined],
    ["isn't JSON", "app.js.map", "}{"],
    ["is of another form", "app.js.map", `{ "version": 3, "mappings": 7, "sources": {} }`],
    [
      "has mappings that are none",
      "app.js.map",
      `{ "version": 3, "names": [], "sources": ["a"], "mappings": "§§§§;;\u0000" }`,
    ],
    [
      "has sections",
      "app.js.map",
      `{ "version": 3, "sections": [{ "offset": { "line": 0, "column": 0 }, "url": "x" }] }`,
    ],
    [
      "is over the limit",
      "app.js.map",
      `{ "version": 3, "sources": ["a"], "mappings": "AAAA" }${" ".repeat(17_000_000)}`,
    ],
    ["is cut off", "data:application/json;base64,eyJ2ZXJzaW9uIjoz", undefined],
    [
      "names a source longer than a path",
      "app.js.map",
      `{ "version": 3, "names": [], "sources": ["${"a".repeat(2_000)}"], "mappings": "AAAA;AAAA;AAAA" }`,
    ],
  ])("spoil no answer when one %s", async (_what, url, map) => {
    const text = `exports.handler = async () => {\n  throw new Error("on purpose");\n};\n//# sourceMappingURL=${url}\n`;
    const bench = await deployFolder({ "index.js": text, ...(map !== undefined && { "app.js.map": map }) });
    const { error } = await bench.fail();
    expect(error.errorMessage).toBe("on purpose");
    expect(error.trace?.[1]).toBe("    at exports.handler (/var/task/index.js:2:9)");
  });

  it("of layers are applied, too", async () => {
    const { code } = await compiled(
      `type A = 1;\n\nexport const fail = () => { throw new Error("on purpose"); };`,
      {
        format: "cjs",
        sourcemap: "inline",
        sourcefile: "lib.ts",
      },
    );
    const { engine, fail } = makeBench();
    await engine.deploy("fn", {
      code: {
        zip: makeZip([{ name: "index.js", content: `exports.handler = async () => require("lib").fail();` }]),
      },
      layers: [{ zip: makeZip([{ name: "nodejs/node_modules/lib/index.js", content: code }]) }],
    });
    const { error } = await fail();
    expect(error.trace?.[1]).toMatch(/\/opt\/nodejs\/node_modules\/lib\/lib\.ts:3:35/);
  });
});
