/** Every built-in module of Node 24 loads, and exports what Node's own does but for the gaps listed here. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { makeBench } from "../../engine/helpers.ts";

/** Names that a module doesn't have, each for the reason given. */
const GAPS: Readonly<Record<string, readonly string[]>> = {
  // Made in Node's last releases.
  crypto: ["randomUUIDv7"],
  fs: ["Utf8Stream", "_toUnixTimestamp", "mkdtempDisposableSync"],
  "fs/promises": ["mkdtempDisposable"],
  "node:test": ["expectFailure"],
  // Without sockets.
  http: ["CloseEvent", "MessageEvent", "WebSocket", "_connectionListener", "setGlobalProxyFromEnv"],
  // Node exports a function of its own by mistake.
  "stream/web": ["ReadableStreamTee"],
};

/** Modules whose own tests look at their exports. */
const ELSEWHERE: ReadonlySet<string> = new Set(["module", "process"]);

const expected = JSON.parse(
  await readFile(new URL("fixtures/exports-of-node24.json", import.meta.url), "utf8"),
) as Record<string, string[]>;
const names = Object.keys(expected);

describe("node's built-in modules", () => {
  it("load by require, with and without node:, and have what Node's export", async () => {
    const bench = makeBench();
    await bench.deploy(
      `exports.handler = async (names) => names.map((name) => {
        const bare = require(name);
        return { same: bare === require(name.startsWith("node:") ? name : "node:" + name), names: Object.keys(bare) };
      });`,
      { memoryMb: 256 },
    );
    const { payload } = await bench.succeed(names);
    const found = payload as { same: boolean; names: string[] }[];
    const missing: Record<string, string[]> = {};
    names.forEach((name, index) => {
      expect(found[index]?.same, name).toBe(true);
      const gaps = expected[name]!.filter((item) => !found[index]!.names.includes(item));
      if (gaps.length > 0 && !ELSEWHERE.has(name)) missing[name] = gaps;
    });
    expect(missing).toEqual(GAPS);
  });

  it("load by import, with their exports by name and as default", async () => {
    const bench = makeBench();
    const bare = names.filter((name) => !name.startsWith("node:"));
    const imports = bare.flatMap((name, index) => [
      `import * as a${index} from ${JSON.stringify(name)};`,
      `import b${index} from ${JSON.stringify(`node:${name}`)};`,
    ]);
    const pairs = bare.map((_name, index) => `[a${index}, b${index}]`);
    await bench.deploy(
      `${imports.join("\n")}
      export const handler = async () => [${pairs.join(", ")}].map(([all, whole]) =>
        all.default === whole && Object.keys(whole).every((name) => name in all || name === "default"));`,
      { memoryMb: 256 },
    );
    const { payload } = await bench.succeed();
    expect(bare.filter((_name, index) => !(payload as boolean[])[index])).toEqual([]);
  });

  it("that Node has only with node: leave their names to packages", async () => {
    const bench = makeBench();
    await bench.deploy(
      `exports.handler = async () => ["sqlite", "test", "sea"].map((name) => {
        try { return typeof require(name); } catch (error) { return error.code; }
      });`,
    );
    expect((await bench.succeed()).payload).toEqual(Array(3).fill("MODULE_NOT_FOUND"));
  });
});
