import { describe, expect, it } from "vitest";
import type { EnvironmentEvent } from "../../src/engine/events.ts";
import { makeBench } from "./helpers.ts";

/** Invokes a function that will be killed, and gives what each channel says of it. */
async function kill(source: string, settings: Parameters<ReturnType<typeof makeBench>["deploy"]>[1] = {}) {
  const bench = makeBench({ logFormat: "json" });
  const events: EnvironmentEvent[] = [];
  bench.engine.on("environment", (event) => events.push(event));
  await bench.deploy(source, settings);
  const result = await bench.fail();
  const line = bench.lines().find((one) => one.includes('"platform.kill"'));
  const logged = (JSON.parse(line ?? "{}") as { record?: Record<string, unknown> }).record;
  return { bench, events, result, logged };
}

const SPIN = `export const handler = async () => { console.log("before"); (function spin() { for (;;); })(); };`;

describe("a function that the engine ends by force", () => {
  it("has the same report on its result, in the log and on the environment's event", async () => {
    const { bench, events, result, logged } = await kill(SPIN, { limits: { cpuMs: 40 }, timeoutMs: 20_000 });
    expect(result.error.errorType).toBe("Sandbox.LimitExceeded");
    expect(result.error.errorMessage).toMatch(
      new RegExp(`^RequestId: ${result.requestId} Error: limits\\.cpuMs of 40 ms passed by [\\d.]+ ms`),
    );
    const { kill: report } = result;
    expect(report).toMatchObject({ limit: "limits.cpuMs", limitValue: 40, unit: "ms" });
    expect(report?.logLines.join()).toContain("before");
    expect(report?.stack?.[0]).toContain("spin (file:///var/task/");
    const { logLines: _lines, ...rest } = report ?? {};
    expect(logged).toMatchObject({ requestId: result.requestId, ...rest });
    expect(events.at(-1)).toMatchObject({ type: "ended", reason: "cpu", kill: report });
    expect(bench.meters[0]).toMatchObject({ outcome: "failed", errorType: "Sandbox.LimitExceeded" });
    expect(bench.meters[0]?.cpuMs).toBeGreaterThan(10);
  });

  it("over its deadline has one too", async () => {
    const { result, logged, bench } = await kill(SPIN, { timeoutMs: 100 });
    expect(result.error.errorType).toBe("Sandbox.Timedout");
    expect(result.kill).toMatchObject({ limit: "timeoutMs", limitValue: 100, unit: "ms" });
    expect(logged).toMatchObject({ limit: "timeoutMs" });
    expect(bench.meters[0]?.outcome).toBe("timeout");
  });

  it("while it waits has one without a stack", async () => {
    const { result } = await kill(`export const handler = () => new Promise((r) => setTimeout(r, 1e6));`, {
      timeoutMs: 50,
    });
    expect(result.kill).toMatchObject({ limit: "timeoutMs", limitValue: 50 });
    expect(result.kill?.stack).toBeUndefined();
  });

  it("in its init has one on the result and on the event", async () => {
    const { events, result, logged } = await kill(`for (;;) setTimeout(() => {}, 1e6);`, {
      limits: { timers: 20 },
    });
    expect(result.error.errorType).toBe("Sandbox.LimitExceeded");
    expect(result.kill).toMatchObject({ limit: "limits.timers", limitValue: 20, value: 21, unit: "timers" });
    expect(logged).toMatchObject({ limit: "limits.timers" });
    expect(events.find(({ type }) => type === "init-failed")).toMatchObject({
      reason: "timers",
      kill: { limit: "limits.timers" },
    });
  });

  it("is not one that fails by itself", async () => {
    const { result, events, logged } = await kill(`export const handler = async () => { process.exit(1); };`);
    expect(result).not.toHaveProperty("kill");
    expect(events.at(-1)).not.toHaveProperty("kill");
    expect(logged).toBeUndefined();
  });
});

describe("an environment whose heap is nearly full", () => {
  it("is replaced after its invocation, and nothing fails", async () => {
    const bench = makeBench();
    const events: EnvironmentEvent[] = [];
    bench.engine.on("environment", (event) => events.push(event));
    await bench.deploy(
      `let kept; export const handler = async () => { kept = new Array(7_700_000).fill(0.5); return "fine"; };`,
      { memoryMb: 64, reservedConcurrency: 1 },
    );
    const results = await Promise.all([bench.succeed(), bench.succeed(), bench.succeed()]);
    expect(results.map(({ payload }) => payload)).toEqual(["fine", "fine", "fine"]);
    const ends = events.filter(({ type }) => type === "ended");
    expect(ends.length).toBeGreaterThanOrEqual(2);
    expect(ends.every(({ reason, kill: report }) => reason === "memory-soft" && !report)).toBe(true);
  });
});

it("tells the last words of a guest that only its process's end could stop", async () => {
  const bench = makeBench({ isolation: "process" });
  await bench.deploy(
    `export const handler = async () => { console.log("last words"); return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); };`,
    { timeoutMs: 200 },
  );
  const { error, kill } = await bench.fail();
  expect(error.errorType).toBe("Sandbox.Timedout");
  expect(kill).toMatchObject({ limit: "timeoutMs", limitValue: 200, unit: "ms" });
  expect(kill?.value).toBeGreaterThanOrEqual(200);
  expect(kill?.heapBytes).toBeGreaterThan(0);
  expect(kill?.logLines).toEqual([expect.stringContaining("last words")]);
});
