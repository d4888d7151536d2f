import { describe, expect, it } from "vitest";
import { makeBench, until } from "./helpers.ts";
import { EngineClosedError } from "../../src/index.ts";
import { MAX_RESULT_DEPTH, SHORT_TEXT_CHARS } from "../../src/invocation/chunked-reader.ts";

const MANY = 50_000;
const KEYS = `export const handler = async (count) => { const o = {}; for (let i = 0; i < count; i++) o["k" + i] = i; return o; };`;
const DEEP = `export const handler = async (depth) => JSON.parse("[".repeat(depth) + "]".repeat(depth));`;

/** Node 24's `JSON.stringify` gives up at some thousand levels, long before the limit. */
const canWriteDeep = ((): boolean => {
  try {
    JSON.stringify(JSON.parse("[".repeat(MAX_RESULT_DEPTH) + "]".repeat(MAX_RESULT_DEPTH)));
    return true;
  } catch {
    return false;
  }
})();

describe("a long result", () => {
  it("is what the handler returned, `__proto__` included", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async (text) => ({ list: [[text], 1.5, null], ...JSON.parse('{"__proto__":{"x":1}}'), ["__proto__"]: { x: 1 } });`,
    );
    const text = 'é"\\'.repeat(SHORT_TEXT_CHARS);
    const { payload } = await bench.succeed(text);
    expect(payload).toEqual({ list: [[text], 1.5, null], ["__proto__"]: { x: 1 } });
    expect(Object.hasOwn(payload as object, "__proto__")).toBe(true);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it("is metered as it turned out", async () => {
    const bench = makeBench();
    await bench.deploy(KEYS, { timeoutMs: 15_000 });
    const order: string[] = [];
    bench.engine.on("meter", ({ outcome }) => order.push(`metered ${outcome}`));
    await bench
      .succeed(MANY)
      .then(({ payload }) => order.push(`read ${Object.keys(payload as object).length}`));
    expect(order).toEqual(["metered succeeded", `read ${MANY}`]);
  });

  it("is waited for by drain", async () => {
    const bench = makeBench();
    await bench.deploy(KEYS, { timeoutMs: 15_000 });
    let isAnswered = false;
    const answered = bench.succeed(MANY).then(() => (isAnswered = true));
    await bench.engine.drain();
    expect(isAnswered).toBe(true);
    await answered;
  });

  it("is rejected by close while it is read", async () => {
    const bench = makeBench();
    await bench.deploy(KEYS, { timeoutMs: 15_000 });
    const rejected = expect(bench.invoke(4 * MANY)).rejects.toThrow(EngineClosedError);
    const busy = (): number => bench.engine.stats().environments.busy;
    await until(() => busy() === 1);
    await until(() => busy() === 0);
    await bench.engine.close();
    await rejected;
    expect(bench.meters.map(({ outcome }) => outcome)).toEqual(["lost"]);
  });

  it("may nest as deep as a short one can, and fails when it nests deeper", async () => {
    const bench = makeBench();
    await bench.deploy(DEEP, { memoryMb: 256, timeoutMs: 15_000 });
    if (!canWriteDeep) {
      expect((await bench.fail(MAX_RESULT_DEPTH)).error.errorType).toBe("Runtime.JSONStringifyError");
      return;
    }
    expect((await bench.succeed(MAX_RESULT_DEPTH)).status).toBe("succeeded");
    const { error } = await bench.fail(MAX_RESULT_DEPTH + 1);
    expect(bench.meters.map(({ outcome, errorType }) => [outcome, errorType])).toEqual([
      ["succeeded", undefined],
      ["failed", "Runtime.MalformedResponse"],
    ]);
    expect(error).toEqual({
      errorType: "Runtime.MalformedResponse",
      errorMessage: "The response nests deeper than 32768 levels.",
    });
    expect((await bench.succeed(1)).payload).toEqual([]);
  });
});
