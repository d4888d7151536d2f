import { describe, expect, test } from "vitest";
import { coldStart } from "../../bench/cold-start.ts";
import { density } from "../../bench/density.ts";
import type { Benchmark, BenchReport } from "../../bench/lib/report.ts";
import { isolation } from "../../bench/isolation.ts";
import { machineFacts } from "../../bench/lib/machine.ts";
import { formatReport } from "../../bench/lib/table.ts";
import { noisyNeighbour } from "../../bench/noisy-neighbour.ts";
import { payload } from "../../bench/payload.ts";
import { schedulerBench } from "../../bench/scheduler.ts";
import { throughput } from "../../bench/throughput.ts";
import { warmLatency } from "../../bench/warm-latency.ts";

/** One round of next to nothing: what is looked at is the report, never a time. */
const TINY = { rounds: 1, work: 0.005 };

interface Expected {
  readonly run: Benchmark;
  readonly rows: number;
  readonly baselines: readonly string[];
  readonly targets: number;
}

const ECHO_BASELINES = ["bare cell", "Piscina", "isolated-vm apply"];

const BENCHMARKS: Readonly<Record<string, Expected>> = {
  "warm-latency": { run: warmLatency, rows: 4, baselines: ECHO_BASELINES, targets: 2 },
  throughput: { run: throughput, rows: 4 * 4 + 5, baselines: ECHO_BASELINES, targets: 2 },
  "cold-start": { run: coldStart, rows: 5, baselines: ["bare isolate"], targets: 3 },
  density: { run: density, rows: 2, baselines: ["bare isolate"], targets: 1 },
  isolation: { run: isolation, rows: 7, baselines: ["in-process"], targets: 4 },
  scheduler: { run: schedulerBench, rows: 3 * 4, baselines: ["plain p-queue"], targets: 6 },
  "noisy-neighbour": { run: noisyNeighbour, rows: 6, baselines: [], targets: 4 },
  payload: {
    run: payload,
    rows: 4 * 8 + 2 * 5,
    baselines: [...ECHO_BASELINES, "JSON round trip", "its own parse"],
    targets: 2 * 4,
  },
};

describe.each(Object.entries(BENCHMARKS))("%s", (name, expected) => {
  let report: BenchReport;

  test("ends by itself and reports every figure with its baselines", { timeout: 60_000 }, async () => {
    report = await expected.run(TINY);
    expect(report.name).toBe(name);
    expect(report.rows).toHaveLength(expected.rows);
    for (const { value } of report.rows) expect(value).toBeGreaterThanOrEqual(0);
    const compared = new Set(report.rows.flatMap(({ ratios }) => ratios.map(({ to }) => to)));
    expect([...compared].sort()).toEqual([...expected.baselines].sort());
    for (const { factor } of report.rows.flatMap(({ ratios }) => ratios)) expect(factor).toBeGreaterThan(0);
  });

  test("says of every target whether it was reached, and what it leaves out", () => {
    expect(report.targets).toHaveLength(expected.targets);
    for (const { measured, atMost = Infinity, atLeast = -Infinity, reached } of report.targets) {
      expect(reached).toBe(measured <= atMost && measured >= atLeast);
    }
    expect(report.notMeasured.length).toBeGreaterThan(0);
  });

  test("is JSON without loss, and a table that names every row and target", () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    const table = formatReport(report, machineFacts());
    for (const { label } of report.rows) expect(table).toContain(label);
    for (const { text } of report.targets) expect(table).toContain(text);
    for (const left of report.notMeasured) expect(table).toContain(left);
  });
});
