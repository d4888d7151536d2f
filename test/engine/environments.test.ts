import { describe, expect, it } from "vitest";
import { makeBench, until } from "./helpers.ts";
import type { Engine, EnvironmentEvent, RequestResult } from "../../src/index.ts";

/** Tells which environment it is and how often it was used; takes a moment. */
const WHO = `const id = Math.random(); let uses = 0;
export const handler = async (event) => { uses++; await new Promise((r) => setTimeout(r, event?.ms ?? 0)); return { id, uses }; };`;

interface Who {
  readonly id: number;
  readonly uses: number;
}

function who(result: RequestResult): Who {
  if (result.status !== "succeeded") throw new Error(JSON.stringify(result.error));
  return result.payload as Who;
}

function next(engine: Engine, type: EnvironmentEvent["type"]): Promise<EnvironmentEvent> {
  return new Promise((resolve) => {
    engine.on("environment", (event) => {
      if (event.type === type) resolve(event);
    });
  });
}

describe("environments", () => {
  it("run one invocation at a time", async () => {
    const bench = makeBench();
    await bench.deploy(
      `let inside = 0, most = 0;
      export const handler = async () => { most = Math.max(most, ++inside); await new Promise((r) => setTimeout(r, 5)); inside--; return most; };`,
    );
    const results = await Promise.all(Array.from({ length: 30 }, () => bench.succeed()));
    expect(new Set(results.map(({ payload }) => payload))).toEqual(new Set([1]));
  });

  it("run several at once where environmentConcurrency says so, and no more", async () => {
    const bench = makeBench();
    await bench.deploy(
      `let inside = 0, most = 0;
      export const handler = async () => { most = Math.max(most, ++inside); await new Promise((r) => setTimeout(r, 100)); inside--; return most; };`,
      { environmentConcurrency: 3 },
    );
    const results = await Promise.all(Array.from({ length: 9 }, () => bench.succeed()));
    expect(Math.max(...results.map(({ payload }) => payload as number))).toBe(3);
  });

  it("are reused, the one used last first", async () => {
    const bench = makeBench();
    await bench.deploy(WHO);
    const slow = bench.succeed({ ms: 60 });
    const quick = bench.succeed({ ms: 30 });
    const [last, first] = [who(await slow), who(await quick)];
    expect(last.id).not.toBe(first.id);
    for (let uses = 2; uses < 6; uses++) expect(who(await bench.succeed())).toEqual({ id: last.id, uses });
  });

  it("that are freed serve a waiting invocation when the cold one takes longer", async () => {
    const bench = makeBench();
    await bench.deploy(
      `const first = !globalThis.process.env.X; let n = 0;
      if (performance.now() > 0) await new Promise((r) => setTimeout(r, 60));
      export const handler = async () => { await new Promise((r) => setTimeout(r, 1)); return ++n; };`,
    );
    await bench.succeed();
    const [a, b] = await Promise.all([bench.succeed(), bench.succeed()]);
    // One environment served both, for a cold start would have taken far longer than its being freed.
    expect([a.coldStart, b.coldStart]).toEqual([false, false]);
    expect([a.payload, b.payload].sort()).toEqual([2, 3]);
  });

  it("that are new serve a waiting invocation when the busy one takes longer", async () => {
    const bench = makeBench();
    await bench.deploy(WHO);
    await bench.succeed();
    const busy = bench.succeed({ ms: 400 });
    const waiting = await bench.succeed();
    expect(waiting.coldStart).toBe(true);
    expect(who(waiting).id).not.toBe(who(await busy).id);
  });

  it("are kept initialised by provisionedConcurrency before the first call", async () => {
    const bench = makeBench();
    const started = next(bench.engine, "started");
    await bench.deploy(WHO, { provisionedConcurrency: 1 });
    expect(await started).toMatchObject({ functionName: "fn", functionVersion: "1" });
    expect(bench.engine.stats().pools[0]).toMatchObject({ idle: 1, busy: 0, starting: 0 });
    expect(bench.meters).toEqual([]);
    expect(who(await bench.succeed()).uses).toBe(1);
  });

  it("of provisionedConcurrency are replaced when they fail", async () => {
    const bench = makeBench();
    const first = next(bench.engine, "started");
    await bench.deploy(
      `export const handler = async (e) => { if (e === "exit") process.exit(1); return 1; };`,
      {
        provisionedConcurrency: 1,
      },
    );
    await first;
    const second = next(bench.engine, "started");
    await bench.fail("exit");
    await second;
    await until(() => bench.engine.stats().pools[0]?.idle === 1);
  });

  it("end after keepAliveMs without use, but provisioned ones stay", async () => {
    const bench = makeBench({ keepAliveMs: 20 });
    await bench.engine.deploy("kept", { code: { source: WHO }, provisionedConcurrency: 1 });
    await bench.deploy(WHO);
    const ended = next(bench.engine, "ended");
    const first = who(await bench.succeed());
    expect(await ended).toMatchObject({ functionName: "fn", reason: "idle" });
    const again = await bench.succeed();
    expect(again.coldStart).toBe(true);
    expect(who(again).id).not.toBe(first.id);
    expect(bench.engine.stats().pools.find(({ functionName }) => functionName === "kept")).toMatchObject({
      idle: 1,
    });
  });

  it("end coldest first when memory is over the budget", async () => {
    const bench = makeBench({ memoryBudgetMb: 16 });
    const ended: string[] = [];
    bench.engine.on("environment", ({ type, functionName, reason }) => {
      if (type === "ended") ended.push(`${functionName} ${reason ?? ""}`);
    });
    const hungry = `const keep = new Array(500_000).fill(0).map((_, i) => i + 0.5); export const handler = async () => keep.length;`;
    const names = ["a", "b", "c", "d", "e"];
    for (const name of names) {
      await bench.engine.deploy(name, { code: { source: hungry } });
      expect(await bench.engine.invoke(name)).toMatchObject({ payload: 500_000 });
    }
    expect(ended.length).toBeGreaterThan(0);
    expect(ended).toEqual(names.slice(0, ended.length).map((name) => `${name} budget`));
    expect(bench.engine.stats().environments.memoryBytes).toBeLessThanOrEqual(16 * 1_048_576);
  });

  it.each([
    ["a timeout", `for (;;);`, "timeout"],
    ["a memory breach", `const a = []; for (;;) a.push(new Array(1000).fill(a.length));`, "memory"],
    [
      "an unhandled rejection",
      `Promise.reject(new Error("x")); await new Promise((r) => setTimeout(r, 50));`,
      "unhandled-rejection",
    ],
    ["an exit", `process.exit(2);`, "exit"],
    [
      "an uncaught error",
      `setTimeout(() => { throw new Error("x"); }, 1); await new Promise((r) => setTimeout(r, 500));`,
      "uncaught-exception",
    ],
  ])("are condemned by %s and never used again", async (_name, fault, reason) => {
    const bench = makeBench();
    await bench.deploy(
      `let n = 0; export const handler = async (e) => { n++; if (e === "fault") { ${fault} } return n; };`,
      { timeoutMs: reason === "memory" ? 20_000 : 1_000, memoryMb: 32 },
    );
    expect((await bench.succeed()).payload).toBe(1);
    const ended = next(bench.engine, "ended");
    await bench.fail("fault");
    expect(await ended).toMatchObject({ reason });
    expect(await bench.succeed()).toMatchObject({ payload: 1, coldStart: true });
  });

  it("are spread over the cells", async () => {
    const bench = makeBench({ cells: { count: 2, prepared: 0 } });
    await bench.deploy(WHO);
    await Promise.all([bench.succeed({ ms: 40 }), bench.succeed({ ms: 40 })]);
    const { cells, environments } = bench.engine.stats();
    expect(cells).toMatchObject({ running: 2, lost: 0, environments: [1, 1] });
    expect(environments).toMatchObject({ idle: 2, busy: 0, starting: 0 });
  });

  it("are told of by events: started and ended, and how many there are", async () => {
    const bench = makeBench();
    const scaling: number[] = [];
    bench.engine.on("scaling", ({ environments, change }) => scaling.push(environments * 10 + change));
    await bench.deploy(WHO);
    await Promise.all([bench.succeed({ ms: 40 }), bench.succeed({ ms: 40 })]);
    expect(scaling).toEqual([11, 21]);
    await bench.engine.close();
    expect(scaling).toEqual([11, 21, 9, -1]);
  });
});
