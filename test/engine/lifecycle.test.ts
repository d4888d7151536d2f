import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { makeBench, until } from "./helpers.ts";
import { makeProject } from "../functions/project.ts";
import { Engine, EngineClosedError } from "../../src/index.ts";
import type { EventSource } from "../../src/index.ts";

const SLOW = `export const handler = async (event) => { console.log("running"); await new Promise((r) => setTimeout(r, 30)); return event; };`;

describe("drain()", () => {
  it("finishes what was taken, waiting included, and takes nothing new", async () => {
    const bench = makeBench({ accountConcurrency: 1 });
    await bench.deploy(SLOW);
    const taken = [bench.invoke(1), bench.invoke(2), bench.invoke(3)];
    const drained = bench.engine.drain();
    await expect(bench.invoke(4)).rejects.toThrow(/draining/);
    await expect(bench.engine.deploy("x", { code: { source: SLOW } })).rejects.toThrow(EngineClosedError);
    await drained;
    expect(bench.meters.map(({ outcome }) => outcome)).toEqual(["succeeded", "succeeded", "succeeded"]);
    expect(await Promise.all(taken)).toMatchObject([{ payload: 1 }, { payload: 2 }, { payload: 3 }]);
  });

  it("is idempotent, and can be followed by close", async () => {
    const bench = makeBench();
    await bench.deploy(SLOW);
    const taken = bench.invoke(1);
    const drains = [bench.engine.drain(), bench.engine.drain()];
    expect(drains[0]).toBe(drains[1]);
    await Promise.all(drains);
    await bench.engine.close();
    await bench.engine.drain();
    expect(await taken).toMatchObject({ payload: 1 });
    await expect(bench.invoke(1)).rejects.toThrow(/The engine is closed/);
  });

  it("waits for event invocations, which nobody else waits for", async () => {
    const bench = makeBench();
    await bench.deploy(SLOW);
    expect(await bench.engine.invoke("fn", 1, { type: "event" })).toMatchObject({ status: "accepted" });
    await bench.engine.drain();
    expect(bench.meters).toMatchObject([{ outcome: "succeeded" }]);
  });

  it("lets sources finish, which may invoke while they stop", async () => {
    const bench = makeBench();
    await bench.deploy(SLOW);
    const answers: unknown[] = [];
    const refused: unknown[] = [];
    let invoke: () => Promise<unknown> = async () => undefined;
    const source: EventSource = {
      kind: "test",
      async start({ invoker }) {
        invoke = () => invoker.invoke("fn", "last");
      },
      async stop() {
        answers.push(await invoke());
        refused.push(await bench.invoke().catch((error: unknown) => error));
      },
    };
    await bench.engine.attach(source);
    await bench.engine.drain();
    expect(answers).toMatchObject([{ status: "succeeded", payload: "last" }]);
    expect(refused).toEqual([expect.any(EngineClosedError)]);
    await expect(invoke()).rejects.toThrow(EngineClosedError);
  });

  it("ends at once when there is nothing to do", async () => {
    await makeBench().engine.drain();
  });
});

describe("close()", () => {
  it("rejects what runs, what waits in the queue, and what waits for a cold start", async () => {
    const bench = makeBench({ accountConcurrency: 2 });
    await bench.deploy(
      `export const handler = async () => { console.log("running"); await new Promise((r) => setTimeout(r, 60000)); };`,
      { timeoutMs: 60_000 },
    );
    const running = bench.invoke();
    await until(() => bench.logs.some(({ message }) => message === "running"));
    const starting = bench.invoke();
    const queued = bench.invoke();
    const settled = Promise.allSettled([running, starting, queued]);
    await bench.engine.close();
    for (const result of await settled) {
      expect(result).toMatchObject({ status: "rejected" });
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(EngineClosedError);
    }
    expect(bench.meters).toHaveLength(3);
  });

  it("is idempotent: late callers join the one that closes", async () => {
    const bench = makeBench();
    await bench.deploy(SLOW);
    const first = bench.engine.close();
    expect(bench.engine.close()).toBe(first);
    await Promise.all([first, bench.engine.close(), bench.engine[Symbol.asyncDispose]()]);
    await bench.engine.close();
    expect(bench.engine.stats().cells.running).toBe(0);
  });

  it("of an engine that never did anything", async () => {
    await new Engine().close();
  });

  it("rejects a deploy that is under way", async () => {
    const bench = makeBench();
    const deploys = [
      bench.engine.deploy("a", { code: { source: SLOW } }),
      bench.engine.deploy("b", { code: { source: SLOW } }),
    ];
    const settled = Promise.allSettled(deploys);
    await bench.engine.close();
    for (const result of await settled) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "ENGINE_CLOSED" } });
    }
  });

  it("ends a drain that waits for something long", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async () => { await new Promise((r) => setTimeout(r, 60000)); };`,
      { timeoutMs: 60_000 },
    );
    const refused = expect(bench.invoke()).rejects.toThrow(EngineClosedError);
    const drained = bench.engine.drain();
    await bench.engine.close();
    await refused;
    await drained;
  });

  it("does not wait for a guest that can't be stopped", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async () => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);`,
    );
    const refused = expect(bench.invoke()).rejects.toThrow(EngineClosedError);
    await until(() => bench.engine.stats().pools[0]?.busy === 1);
    await bench.engine.close();
    await refused;
  });

  it("leaves its cells' environments told of, with the reason", async () => {
    const bench = makeBench();
    const reasons: unknown[] = [];
    await bench.deploy(SLOW);
    await bench.succeed(1);
    bench.engine.on("environment", ({ type, reason }) => reasons.push(type, reason));
    await bench.engine.close();
    expect(reasons).toEqual(["ended", "closed"]);
  });
});

describe("a closed engine", () => {
  it("refuses everything that would start something, and still tells what was", async () => {
    const bench = makeBench();
    await bench.deploy(SLOW);
    await bench.succeed(1);
    await bench.engine.close();
    const closed = { code: "ENGINE_CLOSED", fault: "caller", retryable: false };
    await expect(bench.invoke()).rejects.toMatchObject(closed);
    await expect(bench.engine.invoke("fn", 1, { type: "event" })).rejects.toMatchObject(closed);
    await expect(bench.engine.invoke("fn", 1, { type: "dry-run" })).rejects.toMatchObject(closed);
    await expect(bench.engine.deploy("fn", { code: { source: SLOW } })).rejects.toMatchObject(closed);
    await expect(
      bench.engine.attach({ kind: "x", start: async () => {}, stop: async () => {} }),
    ).rejects.toMatchObject(closed);
    await expect(bench.engine.function("fn")(1)).rejects.toMatchObject(closed);
    expect(bench.engine.usage().total.invocations).toBe(1);
    expect(bench.engine.describe("fn").version).toBe("1");
    expect(bench.engine.stats().environments).toEqual({ starting: 0, idle: 0, busy: 0, memoryBytes: 0 });
  });

  it("is what `await using` leaves behind", async () => {
    let kept: Engine;
    {
      await using engine = new Engine({ cells: { count: 1 } });
      kept = engine;
      await engine.deploy("fn", { code: { source: SLOW } });
      expect(await engine.invoke("fn", 1)).toMatchObject({ payload: 1 });
    }
    await expect(kept.invoke("fn")).rejects.toThrow(EngineClosedError);
  });
});

describe("a process with an engine", () => {
  const run = promisify(execFile);
  const library = new URL("../../src/index.ts", import.meta.url).href;

  async function runProgram(program: string): Promise<{ stdout: string; code: number }> {
    await using project = await makeProject({ "package.json": `{ "type": "module" }` });
    const file = project.path("main.ts");
    await writeFile(file, `import { Engine } from ${JSON.stringify(library)};\n${program}`);
    // A process that doesn't end by itself is killed, and fails the test.
    const { stdout } = await run(process.execPath, [file], { timeout: 15_000 });
    return { stdout, code: 0 };
  }

  it("exits by itself when the engine is idle and was not closed", async () => {
    const { stdout } = await runProgram(
      `const engine = new Engine({ cells: { count: 2 } });
      await engine.deploy("fn", { code: { source: "export const handler = async (e) => e + 1;" }, provisionedConcurrency: 1 });
      const result = await engine.invoke("fn", 1);
      console.log(result.payload);`,
    );
    expect(stdout).toBe("2\n");
  });

  it("stays for a result that is owed", async () => {
    const { stdout } = await runProgram(
      `const engine = new Engine({ cells: { count: 1 } });
      await engine.deploy("fn", { code: { source: "export const handler = () => new Promise((r) => setTimeout(r, 100, 'late'));" } });
      engine.invoke("fn").then((result) => console.log(result.payload));`,
    );
    expect(stdout).toBe("late\n");
  });

  // isolated-vm aborts the process when a garbage collection is under way in a thread that ends.
  const BURNING = `
      const burn = "const until = performance.now() + 10; while (performance.now() < until);";
      const source = burn + "export const handler = async () => { " + burn + " };";
      const names = ["a", "b", "c"];
      const work = async () => {
        const engine = new Engine({ cells: { count: 3, prepared: 0 } });
        for (const name of names) await engine.deploy(name, { code: { source } });
        await Promise.all([...names, ...names, ...names].map((name) => engine.invoke(name)));
        return engine;
      };`;

  it("outlives cells that collect garbage when they end, together", async () => {
    const { stdout } = await runProgram(
      `${BURNING}
      for (let round = 0; round < 3; round++) await (await work()).close();
      console.log("alive");`,
    );
    expect(stdout).toBe("alive\n");
  });

  it("exits with its own code while cells are there that collect garbage", async () => {
    const failed = runProgram(`${BURNING}
      await work();
      console.log("worked");
      process.exit(6);`);
    await expect(failed).rejects.toMatchObject({ code: 6, signal: null, stdout: "worked\n" });
  });

  it("leaves with its own exit code although a guest can't be stopped", async () => {
    const failed = runProgram(
      `const engine = new Engine({ cells: { count: 1 } });
      await engine.deploy("fn", { code: { source: "export const handler = async () => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);" }, timeoutMs: 100 });
      const result = await engine.invoke("fn");
      console.log(result.error.errorType);
      process.exitCode = 7;`,
    );
    await expect(failed).rejects.toMatchObject({ code: 7, stdout: expect.stringMatching(/^Sandbox\./) });
  });
});
