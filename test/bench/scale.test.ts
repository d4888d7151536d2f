import { describe, expect, test } from "vitest";
import { seeded, zipf } from "../../bench/lib/draw.ts";
import { callAtTimes } from "../../bench/lib/open-load.ts";
import { machineFacts } from "../../bench/lib/machine.ts";
import { formatReport } from "../../bench/lib/table.ts";
import { scale } from "../../bench/scale.ts";

/** Next to nothing of everything: what is looked at is the report, never a time. */
const TINY = { rounds: 1, work: 0.002 };

test("thousands of functions: ends by itself and reports every part", { timeout: 120_000 }, async () => {
  const report = await scale(TINY);
  const labels = report.rows.map(({ label }) => label);
  expect(labels).toContain("deploy of one, 20 in all");
  expect(labels).toContain("10 deployed, 10 called, 1 callers");
  const traced = labels.some((label) => label.startsWith("Azure trace, 1 min"));
  expect(traced).toBe(!report.notMeasured.some((left) => left.startsWith("the Azure trace: ")));
  for (const { value } of report.rows) expect(value).toBeGreaterThanOrEqual(0);
  expect(report.targets).toHaveLength(4);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(formatReport(report, machineFacts())).toContain("20 deployed, 10 called");
});

describe("drawn calls", () => {
  test("are the same in every run, and between 0 and 1", () => {
    const draw = seeded(1);
    const numbers = Array.from({ length: 1_000 }, draw);
    const again = seeded(1);
    expect(Array.from({ length: 1_000 }, again)).toEqual(numbers);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(new Set(numbers).size).toBeGreaterThan(990);
  });

  test("follow Zipf's law: rank r as often as 1 / r", () => {
    const counts = Array.from({ length: 10 }, () => 0);
    const draw = zipf(10, seeded(1));
    const sum = counts.reduce((total, _, index) => total + 1 / (index + 1), 0);
    const drawn = 100_000;
    for (let index = 0; index < drawn; index++) counts[draw()]!++;
    counts.forEach((count, index) => expect(count / drawn).toBeCloseTo(1 / (index + 1) / sum, 2));
  });

  test("are made in their order, also when those before have not come back", async () => {
    const made: number[] = [];
    let release = (): void => undefined;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    const load = await callAtTimes([{ atMs: 0 }, { atMs: 0 }, { atMs: 1 }], async ({ atMs }) => {
      made.push(atMs);
      if (made.length === 3) release();
      await blocked;
    });
    expect(made).toEqual([0, 0, 1]);
    expect(load).toMatchObject({ calls: 3, mostAtOnce: 3 });
  });
});
