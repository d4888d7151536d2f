import { describe, expect, it } from "vitest";
import { EngineClosedError } from "../../src/index.ts";
import { makeBench, until } from "./helpers.ts";
import type { Bench } from "./helpers.ts";

const SAYS_GOODBYE = `let waited = 0;
process.on("SIGTERM", async (signal, number) => {
  console.log("end by " + signal + " " + number);
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.log("flushed");
  process.exit(0);
});
export const handler = async () => "ok";`;

function endings(bench: Bench): string[] {
  const reasons: string[] = [];
  bench.engine.on("environment", ({ type, reason }) => {
    if (type === "ended") reasons.push(reason ?? "");
  });
  return reasons;
}

function heard(bench: Bench): string[] {
  return bench.lines().filter((line) => line.includes("end by") || line.includes("flushed"));
}

describe("a function that listens for SIGTERM", () => {
  it("is told when its environment has been idle for long enough", async () => {
    const bench = makeBench({ keepAliveMs: 20 });
    const reasons = endings(bench);
    await bench.deploy(SAYS_GOODBYE);
    await bench.succeed();
    await until(() => reasons.length > 0);
    expect(reasons).toEqual(["idle"]);
    expect(heard(bench)).toHaveLength(2);
    expect(heard(bench)[0]).toContain("end by SIGTERM 15");
    // And the next one is a new one.
    await bench.succeed();
    expect(bench.meters.map(({ coldStart }) => coldStart)).toEqual([true, true]);
  });

  it("is told when a newer version takes over", async () => {
    const bench = makeBench();
    const reasons = endings(bench);
    await bench.deploy(SAYS_GOODBYE);
    await bench.succeed();
    await bench.deploy("export const handler = async () => 2;");
    await until(() => reasons.length > 0);
    expect(reasons).toEqual(["retired"]);
    expect(heard(bench)).toHaveLength(2);
  });

  it("is told when the engine closes, before it is gone", async () => {
    const bench = makeBench();
    const reasons = endings(bench);
    await bench.deploy(SAYS_GOODBYE);
    await bench.succeed();
    await bench.engine.close();
    expect(reasons).toEqual(["closed"]);
    expect(heard(bench)).toHaveLength(2);
  });

  it("is told when the engine closes while it runs, once that is over", async () => {
    const gate = Promise.withResolvers<string>();
    const entered = Promise.withResolvers<undefined>();
    const wait = (): Promise<string> => {
      entered.resolve(undefined);
      return gate.promise;
    };
    const bench = makeBench({ bindings: { gate: { wait } }, shutdownMs: 10_000 });
    const reasons = endings(bench);
    await bench.deploy(
      `import { bindings } from "isolet/runtime";
      process.on("SIGTERM", () => console.log("end by SIGTERM"));
      export const handler = async () => { const said = await bindings.gate.wait(); console.log("flushed by handler"); return said; };`,
      { permissions: { bindings: ["gate"] } },
    );
    const running = bench.succeed();
    await entered.promise;
    const closed = bench.engine.close();
    gate.resolve("finished");
    expect((await running).payload).toBe("finished");
    await closed;
    expect(reasons).toEqual(["closed"]);
    expect(heard(bench).map((line) => line.trim().split("\t").at(-1))).toEqual([
      "flushed by handler",
      "end by SIGTERM",
    ]);
  });

  it("is ended untold when it doesn't finish in time what it runs", async () => {
    const bench = makeBench({ shutdownMs: 50 });
    const reasons = endings(bench);
    await bench.deploy(
      `process.on("SIGTERM", () => console.log("end by SIGTERM"));
      export const handler = async () => { console.log("runs"); await new Promise((resolve) => setTimeout(resolve, 60_000)); };`,
      { timeoutMs: 120_000 },
    );
    const running = bench.invoke();
    await until(() => bench.lines().some((line) => line.includes("runs")));
    const closed = bench.engine.close();
    await expect(running).rejects.toThrow(EngineClosedError);
    await closed;
    expect(reasons).toEqual(["closed"]);
    expect(heard(bench)).toEqual([]);
  });

  it("may begin to listen in its handler", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async () => { process.once("SIGTERM", () => console.log("end by listener")); };`,
    );
    await bench.succeed();
    await bench.engine.close();
    expect(heard(bench)).toHaveLength(1);
  });

  it.each([
    ["waits for ever", "await new Promise((resolve) => setTimeout(resolve, 60_000));"],
    ["computes for ever", "for (;;);"],
    ["throws", 'throw new Error("no");'],
  ])("gets no more than its time when it %s", async (_how, body) => {
    const bench = makeBench({ shutdownMs: 100 });
    const reasons = endings(bench);
    await bench.deploy(
      `process.on("SIGTERM", async () => { console.log("end by it"); ${body} }); export const handler = async () => 1;`,
    );
    await bench.succeed();
    await bench.engine.close();
    expect(reasons).toEqual(["closed"]);
    expect(heard(bench)).toHaveLength(1);
  });

  it("isn't told where there is no time for it", async () => {
    const bench = makeBench({ shutdownMs: 0 });
    await bench.deploy(SAYS_GOODBYE);
    await bench.succeed();
    await bench.engine.close();
    expect(heard(bench)).toEqual([]);
  });
});
