import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MeterRecord } from "../../src/metering/record.ts";
import { OTHERS, USAGE_KEYS_LIMIT, UsageLedger, type UsageTotals } from "../../src/metering/usage.ts";
import { makeRecord } from "./support.ts";

const name = fc.constantFrom("a", "b", "constructor", "__proto__", "toString");
const amount = fc.integer({ min: 0, max: 1_000 });

const record: fc.Arbitrary<MeterRecord> = fc
  .record(
    {
      functionName: name,
      functionVersion: fc.constantFrom("1", "2"),
      tenant: name,
      tags: fc.constantFrom({}, { team: "x" }, { team: "y", tier: "1" }),
      outcome: fc.constantFrom("succeeded", "failed", "timeout", "aborted", "throttled", "lost"),
      coldStart: fc.boolean(),
      durationMs: amount,
      billedDurationMs: amount,
      cpuMs: amount,
      gbSeconds: amount,
      bytesIn: amount,
      bytesOut: amount,
      logBytes: amount,
    },
    { requiredKeys: ["functionName", "functionVersion", "tags", "outcome", "coldStart"] },
  )
  .map((fields) => makeRecord(fields as Partial<MeterRecord>));

/** The sums of some records, the simple way. */
function totalsOf(records: readonly MeterRecord[]): UsageTotals {
  const sum = (value: (one: MeterRecord) => number): number =>
    records.reduce((total, one) => total + value(one), 0);
  return {
    invocations: records.length,
    failures: sum(({ outcome }) => Number(outcome !== "succeeded" && outcome !== "throttled")),
    throttles: sum(({ outcome }) => Number(outcome === "throttled")),
    coldStarts: sum(({ coldStart }) => Number(coldStart)),
    durationMs: sum((one) => one.durationMs),
    billedDurationMs: sum((one) => one.billedDurationMs),
    cpuMs: sum((one) => one.cpuMs),
    gbSeconds: sum((one) => one.gbSeconds),
    bytesIn: sum((one) => one.bytesIn),
    bytesOut: sum((one) => one.bytesOut),
    logBytes: sum((one) => one.logBytes),
  };
}

function grouped(
  records: readonly MeterRecord[],
  keysOf: (one: MeterRecord) => readonly string[],
): [string, UsageTotals][] {
  const keys = [...new Set(records.flatMap(keysOf))].sort();
  return keys.map((key) => [key, totalsOf(records.filter((one) => keysOf(one).includes(key)))]);
}

const sorted = (lines: Readonly<Record<string, UsageTotals>>): [string, UsageTotals][] =>
  Object.entries(lines).sort(([a], [b]) => (a < b ? -1 : 1));

/** Equal but for what adding floats in another order makes of them. */
function expectClose(actual: [string, UsageTotals][], expected: [string, UsageTotals][]): void {
  expect(actual.map(([key]) => key)).toEqual(expected.map(([key]) => key));
  for (const [index, [, totals]] of expected.entries()) {
    for (const [field, value] of Object.entries(totals)) {
      expect(actual[index]?.[1][field as keyof UsageTotals]).toBeCloseTo(value as number, 6);
    }
  }
}

describe("UsageLedger", () => {
  it("sums over all and by function, version, tenant and tag", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), (records) => {
        const ledger = new UsageLedger();
        for (const one of records) ledger.add(one);
        const usage = ledger.usage();
        expectClose([["", usage.total]], [["", totalsOf(records)]]);
        expectClose(
          sorted(usage.byFunction),
          grouped(records, (one) => [one.functionName]),
        );
        expectClose(
          sorted(usage.byVersion),
          grouped(records, (one) => [`${one.functionName}:${one.functionVersion}`]),
        );
        expectClose(
          sorted(usage.byTenant),
          grouped(records, (one) => (one.tenant === undefined ? [] : [one.tenant])),
        );
        expectClose(
          sorted(usage.byTag),
          grouped(records, (one) => Object.entries(one.tags).map(([k, v]) => `${k}=${v}`)),
        );
      }),
    );
  });

  it("gives what later records don't change", () => {
    const ledger = new UsageLedger();
    ledger.add(makeRecord({ tenant: "t", tags: { k: "v" } }));
    const before = ledger.usage();
    const copy = structuredClone(before);
    ledger.add(makeRecord({ tenant: "t", tags: { k: "v" } }));
    expect(before).toEqual(copy);
    expect(ledger.usage().total.invocations).toBe(2);
  });

  it("sums tenants and tags beyond the limit under others, and loses none", () => {
    const ledger = new UsageLedger();
    const extra = 5;
    for (let index = 0; index < USAGE_KEYS_LIMIT + extra; index++) {
      ledger.add(makeRecord({ tenant: `t${index}`, tags: { k: `v${index}` } }));
    }
    ledger.add(makeRecord({ tenant: "t0" }));
    const { byTenant, byTag, total } = ledger.usage();
    expect(Object.keys(byTenant)).toHaveLength(USAGE_KEYS_LIMIT + 1);
    expect(byTenant[OTHERS]?.invocations).toBe(extra);
    expect(byTenant["t0"]?.invocations).toBe(2);
    expect(byTag[OTHERS]?.invocations).toBe(extra);
    expect(total.invocations).toBe(USAGE_KEYS_LIMIT + extra + 1);
  });
});
