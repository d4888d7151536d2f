import { describe, expect, it } from "vitest";
import { makeBench, until } from "./helpers.ts";
import type { Bench } from "./helpers.ts";
import type { InvokeOptions, IsoletError, MeterRecord, UsageTotals } from "../../src/index.ts";

/** Does as its event says. */
const ACTOR = `export const handler = async (event) => {
  if (event.do === "log") console.log("grüß");
  if (event.do === "throw") throw new RangeError("no");
  if (event.do === "loop") for (;;);
  if (event.do === "exit") process.exit(1);
  if (event.do === "wait") { console.log("running"); await new Promise((r) => setTimeout(r, event.ms)); }
  return event.answer ?? null;
};`;

function outcomeOf(meters: readonly MeterRecord[], requestId: string): MeterRecord {
  const records = meters.filter((record) => record.requestId === requestId);
  expect(records).toHaveLength(1);
  return records[0]!;
}

/** Invokes under a request id that is known even when the promise rejects. */
function numbered(): { ids: string[]; requestIds: () => string } {
  const ids: string[] = [];
  return {
    ids,
    requestIds: () => {
      const id = `request-${ids.length}`;
      ids.push(id);
      return id;
    },
  };
}

describe("the meter", () => {
  it("has exactly one record for each accepted invocation, whatever happens to it", async () => {
    const { ids, requestIds } = numbered();
    const bench = makeBench({ accountConcurrency: 1, maxQueued: 3, requestIds });
    await bench.deploy(ACTOR, { timeoutMs: 300 });
    const settle = (payload: unknown, options?: InvokeOptions) =>
      bench.invoke(payload, options).then(
        (result) => (result.status === "succeeded" ? "ok" : result.error.errorType),
        (error: unknown) => (error as IsoletError).code,
      );
    expect(await settle({ do: "answer" })).toBe("ok");
    expect(await settle({ do: "throw" })).toBe("RangeError");
    expect(await settle({ do: "loop" })).toBe("Sandbox.Timedout");
    expect(await settle({ do: "exit" })).toBe("Runtime.ExitError");
    expect(await settle({ answer: 1 }, { signal: AbortSignal.abort() })).toBe("ABORTED");
    const queuedAbort = new AbortController();
    const runningAbort = new AbortController();
    const all = [
      settle({ do: "wait", ms: 60_000 }, { signal: runningAbort.signal }),
      settle({}, { signal: queuedAbort.signal }),
      settle({}, { deadlineMs: 5 }),
      settle({}),
      settle({}),
    ];
    await until(() => bench.logs.some(({ message }) => message === "running"));
    queuedAbort.abort();
    expect(await all[2]).toBe("THROTTLED");
    runningAbort.abort();
    expect(await Promise.all(all)).toEqual(["ABORTED", "ABORTED", "THROTTLED", "ok", "THROTTLED"]);
    // Refused on arrival is not accepted: by its signal, and by the full backlog.
    const refused = [ids[4], ids[9]];
    const outcomes = ids
      .filter((id) => !refused.includes(id))
      .map((id) => outcomeOf(bench.meters, id).outcome);
    expect(outcomes).toEqual([
      "succeeded",
      "failed",
      "timeout",
      "failed",
      "aborted",
      "aborted",
      "throttled",
      "succeeded",
    ]);
    expect(bench.meters).toHaveLength(outcomes.length);
    const { total } = bench.engine.usage();
    expect(total).toMatchObject({ invocations: 8, throttles: 1, failures: 5 });
  });

  it("has one record for what the engine's closing ended, waiting and running", async () => {
    const { ids, requestIds } = numbered();
    const bench = makeBench({ accountConcurrency: 1, requestIds });
    await bench.deploy(ACTOR, { timeoutMs: 60_000 });
    const all = [bench.invoke({ do: "wait", ms: 60_000 }), bench.invoke({})];
    const settled = Promise.allSettled(all);
    await until(() => bench.logs.some(({ message }) => message === "running"));
    await bench.engine.close();
    for (const result of await settled) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "ENGINE_CLOSED" } });
    }
    expect(ids.map((id) => outcomeOf(bench.meters, id).outcome)).toEqual(["lost", "lost"]);
  });

  it("has one record for what was lost with its cell, and the engine goes on", async () => {
    const bench = makeBench();
    const errors: IsoletError[] = [];
    bench.engine.on("error", (error) => errors.push(error));
    // A native loop, which no timeout ends: its cell doesn't answer, and is given up.
    await bench.deploy(
      `export const handler = async () => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);`,
      { timeoutMs: 200 },
    );
    await bench.engine.deploy("calm", { code: { source: `export const handler = async () => "fine";` } });
    const result = await bench.fail("wedge");
    expect(["Sandbox.Timedout", "Sandbox.CellLost"]).toContain(result.error.errorType);
    expect(bench.meters).toHaveLength(1);
    // Another function, as this one may be refused by now.
    expect(await bench.engine.invoke("calm")).toMatchObject({ status: "succeeded", payload: "fine" });
    await until(() => errors.some(({ code }) => code === "CELL_LOST"));
    expect(bench.meters.map(({ outcome }) => outcome)).toEqual([
      expect.stringMatching(/^(?:timeout|lost)$/),
      "succeeded",
    ]);
  });

  it("says what an invocation was and took", async () => {
    const bench = makeBench();
    await bench.deploy(ACTOR, { memoryMb: 256, tags: { team: "a" } });
    const payload = { do: "log", answer: "grüß" };
    const { requestId, durationMs } = await bench.succeed(payload, { tenant: "acme" });
    const record = bench.meters[0]!;
    expect(record).toMatchObject({
      requestId,
      functionName: "fn",
      functionVersion: "1",
      tenant: "acme",
      tags: { team: "a" },
      outcome: "succeeded",
      coldStart: true,
      durationMs,
      memoryMb: 256,
      bytesIn: Buffer.byteLength(JSON.stringify(payload)),
      bytesOut: Buffer.byteLength('"grüß"'),
      logBytes: Buffer.byteLength("grüß\n"),
    });
    expect(record).not.toHaveProperty("errorType");
    expect(record.initMs).toBeGreaterThan(0);
    expect(record.cpuMs).toBeGreaterThan(0);
    expect(record.queuedMs).toBeGreaterThan(0);
    expect(record.peakMemoryMb).toBeGreaterThan(0);
    expect(record.peakMemoryMb).toBeLessThan(256);
    expect(record.billedDurationMs).toBe(Math.ceil(record.durationMs + record.initMs));
    expect(record.gbSeconds).toBeCloseTo((record.billedDurationMs / 1_000) * (256 / 1_024), 12);
    await bench.succeed(payload);
    expect(bench.meters[1]).toMatchObject({ coldStart: false, initMs: 0 });
    expect(bench.meters[1]).not.toHaveProperty("tenant");
  });

  it.each([
    ["failed", { do: "throw" }, "RangeError"],
    ["timeout", { do: "loop" }, "Sandbox.Timedout"],
  ])("names the error type of what %s", async (outcome, payload, errorType) => {
    const bench = makeBench();
    await bench.deploy(ACTOR, { timeoutMs: 100 });
    await bench.fail(payload);
    expect(bench.meters).toMatchObject([{ outcome, errorType, bytesOut: 0 }]);
  });

  it("names an error type for every outcome but success", async () => {
    const bench = makeBench({ accountConcurrency: 1 });
    await bench.deploy(ACTOR, { timeoutMs: 60_000 });
    const abort = new AbortController();
    const running = bench.invoke({ do: "wait", ms: 60_000 }, { signal: abort.signal });
    await expect(bench.invoke({}, { deadlineMs: 5 })).rejects.toThrow();
    abort.abort();
    await expect(running).rejects.toThrow();
    const last = bench.invoke({ do: "wait", ms: 60_000 });
    await until(() => bench.engine.stats().scheduler.running === 1);
    await Promise.allSettled([bench.engine.close(), last]);
    expect(bench.meters.map(({ outcome }) => outcome)).toEqual(["throttled", "aborted", "lost"]);
    for (const { errorType } of bench.meters) expect(errorType).toEqual(expect.stringMatching(/^\w+\.\w+$/));
  });

  it("bills by the engine's granularity", async () => {
    const bench = makeBench({ billingGranularityMs: 100 });
    await bench.deploy(ACTOR);
    await bench.succeed({});
    await bench.succeed({});
    for (const { billedDurationMs } of bench.meters) {
      expect(billedDurationMs).toBeGreaterThan(0);
      expect(billedDurationMs % 100).toBe(0);
    }
  });

  it("counts CPU time and not waiting", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async (e) => { if (e === "wait") await new Promise((r) => setTimeout(r, 150)); else { const t = performance.now(); while (performance.now() - t < 150); } };`,
    );
    await bench.succeed("warm");
    await bench.succeed("wait");
    await bench.succeed("burn");
    const [, wait, burn] = bench.meters;
    expect(wait?.durationMs).toBeGreaterThan(100);
    expect(burn?.cpuMs).toBeGreaterThan((wait?.cpuMs ?? Infinity) * 2);
  });

  it("is not spoiled by logs that a guest writes after its result", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async () => { queueMicrotask(() => console.log("late")); return 1; };`,
    );
    await bench.succeed();
    await bench.succeed();
    expect(bench.meters).toHaveLength(2);
  });
});

describe("usage()", () => {
  async function mixed(bench: Bench): Promise<void> {
    await bench.engine.deploy("a", { code: { source: ACTOR }, tags: { team: "x", tier: "1" } });
    await bench.engine.deploy("b", { code: { source: ACTOR }, tags: { team: "x" } });
    await bench.engine.invoke("a", { answer: 1 }, { tenant: "acme" });
    await bench.engine.invoke("a", { do: "throw" }, { tenant: "acme" });
    await bench.engine.deploy("a", { code: { source: ACTOR } });
    await bench.engine.invoke("a", { answer: 2 }, { tenant: "other" });
    await bench.engine.invoke("b", { answer: 3 });
  }

  it("sums by function, version, tenant and tag, as the records say", async () => {
    const bench = makeBench();
    await mixed(bench);
    const usage = bench.engine.usage();
    const invocations = (group: Readonly<Record<string, UsageTotals>>) =>
      Object.fromEntries(Object.entries(group).map(([key, totals]) => [key, totals.invocations]));
    expect(invocations(usage.byFunction)).toEqual({ a: 3, b: 1 });
    expect(invocations(usage.byVersion)).toEqual({ "a:1": 2, "a:2": 1, "b:1": 1 });
    expect(invocations(usage.byTenant)).toEqual({ acme: 2, other: 1 });
    expect(invocations(usage.byTag)).toEqual({ "team=x": 3, "tier=1": 2 });
    expect(usage.byVersion["a:1"]).toMatchObject({ failures: 1, coldStarts: 1 });
    for (const key of [
      "durationMs",
      "billedDurationMs",
      "cpuMs",
      "gbSeconds",
      "bytesIn",
      "bytesOut",
      "logBytes",
    ] as const) {
      const sum = bench.meters.reduce((total, record) => total + record[key], 0);
      expect(usage.total[key]).toBeCloseTo(sum, 9);
    }
  });

  it("is a snapshot, and stays after close", async () => {
    const bench = makeBench();
    await mixed(bench);
    const before = bench.engine.usage();
    await bench.engine.invoke("b", {});
    expect(before.total.invocations).toBe(4);
    await bench.engine.close();
    expect(bench.engine.usage().total.invocations).toBe(5);
  });
});

describe("a listener that throws", () => {
  it.each(["meter", "log", "environment", "scaling"] as const)(
    "on %s breaks nothing and is reported to error",
    async (event) => {
      const bench = makeBench();
      const errors: IsoletError[] = [];
      const cause = new Error("listener's own");
      bench.engine.on("error", (error) => errors.push(error));
      bench.engine.on(event, () => {
        throw cause;
      });
      await bench.deploy(`export const handler = async () => 1;`);
      expect(await bench.succeed()).toMatchObject({ payload: 1 });
      expect(await bench.succeed()).toMatchObject({ payload: 1, coldStart: false });
      expect(bench.meters).toHaveLength(2);
      expect(errors.length).toBeGreaterThan(0);
      expect(errors[0]).toMatchObject({
        code: "PLATFORM",
        message: `A listener of "${event}" threw.`,
        cause,
      });
    },
  );

  it("on throttle, and on error itself, breaks nothing", async () => {
    const bench = makeBench();
    const warnings: string[] = [];
    const listen = ({ message }: Error) => warnings.push(message);
    process.on("warning", listen);
    bench.engine.on("error", () => {
      throw new Error("even here");
    });
    bench.engine.on("throttle", () => {
      throw new Error("throttle listener");
    });
    await bench.deploy(`export const handler = async () => 1;`, { reservedConcurrency: 0 });
    await expect(bench.invoke()).rejects.toMatchObject({ code: "THROTTLED" });
    await until(() => warnings.length > 0);
    process.off("warning", listen);
    expect(warnings[0]).toMatch(/A listener of "error" threw.*even here/);
  });
});
