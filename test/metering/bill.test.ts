import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Completion, Invocation, InvocationRequest } from "../../src/invocation/invocation.ts";
import { billedMs, billOf } from "../../src/metering/bill.ts";
import type { MeterRecord } from "../../src/metering/record.ts";
import { makeInvocation } from "../invocation/support.ts";

const version = { functionName: "greet", functionVersion: "3", memoryMb: 512, tags: { team: "a" } };
const done: Completion = { outcome: "succeeded", text: '"grüß"', durationMs: 10.2, cpuMs: 4 };

function bill(
  completion: Partial<Completion> = {},
  facts: Partial<Invocation> = {},
  granularityMs = 1,
  request: Partial<InvocationRequest> = {},
): MeterRecord {
  const invocation = Object.assign(
    makeInvocation({ acceptedMs: 100, acceptedAtMs: 5_000, bytesIn: 7, ...request }),
    { dispatchedMs: 130, ...facts },
  );
  return billOf(invocation, { ...done, ...completion }, version, granularityMs, 1_000);
}

describe("billedMs", () => {
  it.each([
    [0, 1, 0],
    [0.001, 1, 1],
    [1, 1, 1],
    [1.0001, 1, 2],
    [0, 100, 0],
    [0.5, 100, 100],
    [100, 100, 100],
    [100.01, 100, 200],
    [899_999.2, 1_000, 900_000],
  ])("rounds %d ms by %d ms up to %d ms", (durationMs, granularityMs, billed) => {
    expect(billedMs(durationMs, granularityMs)).toBe(billed);
  });

  it("is a whole multiple of the granularity, at least the duration and less than one granularity over it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 900_000_000 }).map((micros) => micros / 1_000),
        fc.integer({ min: 1, max: 1_000 }),
        (durationMs, granularityMs) => {
          const billed = billedMs(durationMs, granularityMs);
          expect(billed % granularityMs).toBe(0);
          expect(billed).toBeGreaterThanOrEqual(durationMs);
          expect(billed - durationMs).toBeLessThan(granularityMs);
        },
      ),
    );
  });
});

describe("billOf", () => {
  it("writes the record of a warm invocation from its own timestamps", () => {
    const facts = { peakMemoryBytes: 3 * 1_048_576 + 1, logBytes: 9 };
    expect(bill({}, facts)).toEqual({
      requestId: "req-1",
      functionName: "greet",
      functionVersion: "3",
      tags: { team: "a" },
      outcome: "succeeded",
      coldStart: false,
      acceptedAtMs: 5_000,
      queuedMs: 30,
      initMs: 0,
      durationMs: 10.2,
      billedDurationMs: 11,
      cpuMs: 4,
      memoryMb: 512,
      peakMemoryMb: 4,
      gbSeconds: 0.0055,
      bytesIn: 7,
      bytesOut: 8,
      logBytes: 9,
    });
  });

  it("bills init with the duration, rounded once", () => {
    const record = bill({ durationMs: 10.2, cpuMs: 4 }, { coldStart: true, initMs: 20.3, initCpuMs: 2 });
    expect(record).toMatchObject({
      initMs: 20.3,
      durationMs: 10.2,
      billedDurationMs: 31,
      cpuMs: 6,
      coldStart: true,
    });
  });

  it("bills by the granularity", () => {
    expect(bill({}, { initMs: 95 }, 100)).toMatchObject({ billedDurationMs: 200, gbSeconds: 0.1 });
  });

  it("bills a failed init and its repetition, which is the duration of what failed with it", () => {
    const facts = { coldStart: true, initMs: 50, failedInits: 2 };
    expect(bill({ outcome: "failed", durationMs: 25, text: "" }, facts)).toMatchObject({
      initMs: 50,
      billedDurationMs: 75,
    });
  });

  it.each([
    ["throttled", "Sandbox.Throttled"],
    ["aborted", "Sandbox.Aborted"],
    ["lost", "Sandbox.NotStarted"],
  ] as const)("bills nothing for one that was %s before it ran, and names that", (outcome, errorType) => {
    const record = bill({ outcome, text: "", durationMs: 0, cpuMs: 0 }, { dispatchedMs: undefined });
    expect(record).toMatchObject({
      outcome,
      errorType,
      durationMs: 0,
      billedDurationMs: 0,
      gbSeconds: 0,
      cpuMs: 0,
      bytesOut: 0,
    });
  });

  it("counts waiting up to now for one that was never dispatched", () => {
    expect(bill({}, { dispatchedMs: undefined }).queuedMs).toBe(900);
  });

  it("names alias, tenant and error type where there are any", () => {
    const error = { errorType: "TypeError", errorMessage: "m" };
    const record = bill({ outcome: "failed", text: "", error }, {}, 1, { alias: "live", tenant: "t1" });
    expect(record).toMatchObject({ alias: "live", tenant: "t1", errorType: "TypeError" });
    for (const key of ["alias", "tenant", "errorType"]) expect(key in bill()).toBe(false);
  });
});
