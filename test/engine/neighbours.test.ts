import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

const BUSY_INIT = `const t = performance.now(); while (performance.now() - t < 60); export const handler = async () => 1;`;

describe("an invocation whose cell is busy with others", () => {
  it("is not timed out for the time it waited", async () => {
    const { engine, meters } = makeBench();
    await engine.deploy("heavy", { code: { source: BUSY_INIT } });
    await engine.deploy("quick", {
      code: { source: `export const handler = async () => 1;` },
      timeoutMs: 200,
    });
    await engine.invoke("quick", 0);
    const many = () => Array.from({ length: 5 }, () => engine.invoke("heavy", 0));
    const results = await Promise.all([...many(), engine.invoke("quick", 1), ...many()]);
    expect(results.map(({ status }) => status)).toEqual(results.map(() => "succeeded"));
    expect(meters.filter(({ outcome }) => outcome !== "succeeded")).toEqual([]);
  });

  it("is answered although a neighbour overruns its own deadline", async () => {
    const { engine } = makeBench();
    await engine.deploy("loop", {
      code: { source: `export const handler = async () => { for (;;); };` },
      timeoutMs: 300,
    });
    await engine.deploy("quick", {
      code: { source: `export const handler = async () => 1;` },
      timeoutMs: 100,
    });
    await engine.invoke("quick", 0);
    const loop = engine.invoke("loop", 0);
    // The loop has the cell by the time this one is sent.
    while (engine.stats().pools.every((pool) => pool.functionName !== "loop" || pool.busy === 0)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await engine.invoke("quick", 1)).toMatchObject({ status: "succeeded" });
    expect(await loop).toMatchObject({ status: "failed", error: { errorType: "Sandbox.Timedout" } });
  });
});

describe.each(["in-process", "process"] as const)(
  "a function beside one that computes for long (%s)",
  (isolation) => {
    const BURN = `export const handler = async (ms) => { const end = Date.now() + ms; while (Date.now() < end); };`;

    const setUp = async (count: number) => {
      const { engine } = makeBench({ isolation, cells: { count } });
      await engine.deploy("quick", { code: { source: `export const handler = async () => 1;` } });
      await engine.deploy("burn", { code: { source: BURN } });
      return engine;
    };

    it("is answered before that one ends, although they shared their only cell and nobody knew", async () => {
      const engine = await setUp(1);
      await engine.invoke("quick", 0);
      await engine.invoke("burn", 0);
      const ended: string[] = [];
      const note = (name: string) => () => void ended.push(name);
      await Promise.all([
        engine.invoke("burn", 2_500).then(note("burn")),
        engine.invoke("quick", 1).then(note("quick")),
        engine.invoke("quick", 2).then(note("quick")),
      ]);
      expect(ended).toEqual(["quick", "quick", "burn"]);
    });

    it("gets it out of its cell", async () => {
      const engine = await setUp(1);
      const moved = new Promise<string>((resolve) => {
        engine.on("environment", ({ functionName, reason }) => {
          if (reason === "moved") resolve(functionName);
        });
      });
      await engine.invoke("quick", 0);
      for (let run = 0; run < 3; run++) await engine.invoke("burn", 30);
      expect(await moved).toBe("burn");
      expect(engine.stats().cells.environments.filter((count) => count > 0)).toEqual([1, 1]);
    });
  },
);
