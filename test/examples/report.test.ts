import { stripVTControlCharacters } from "node:util";
import type { MeterRecord } from "isolet";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { percentile } from "../../examples/percentile.ts";
import { costUsd } from "../../examples/report/pricing.ts";
import { createProgress, progressLine, ProgressState } from "../../examples/report/progress.ts";
import { type Output, styleFor } from "../../examples/report/style.ts";
import { summarise, summariseByFunction } from "../../examples/report/summary.ts";
import { formatTable } from "../../examples/report/table.ts";

class TestOutput implements Output {
  readonly isTTY: boolean;
  readonly columns = 100;
  text = "";
  readonly #colours: boolean;

  constructor(kind: "terminal" | "terminal without colours" | "pipe") {
    this.isTTY = kind !== "pipe";
    this.#colours = kind === "terminal";
  }

  write(text: string): void {
    this.text += text;
  }

  hasColors(): boolean {
    return this.#colours;
  }
}

const terminal = styleFor(new TestOutput("terminal"));
const pipe = styleFor(new TestOutput("pipe"));

function meter(over: Partial<MeterRecord> = {}): MeterRecord {
  return {
    requestId: "r",
    functionName: "f",
    functionVersion: "1",
    tags: {},
    outcome: "succeeded",
    coldStart: false,
    acceptedAtMs: 0,
    queuedMs: 0,
    initMs: 0,
    durationMs: 1.5,
    billedDurationMs: 2,
    cpuMs: 1,
    memoryMb: 512,
    peakMemoryMb: 20,
    gbSeconds: 0.001,
    bytesIn: 1,
    bytesOut: 1,
    logBytes: 0,
    ...over,
  };
}

describe("summary", () => {
  it("adds up what was metered", () => {
    const summary = summarise("f", [
      meter({ coldStart: true }),
      meter({ durationMs: 9, billedDurationMs: 9 }),
      meter({ outcome: "failed", errorType: "TypeError" }),
      meter({ outcome: "timeout", errorType: "Sandbox.Timedout" }),
      meter({ outcome: "failed", errorType: "TypeError" }),
    ]);
    expect(summary).toMatchObject({
      invocations: 5,
      failed: 3,
      failures: [
        ["TypeError", 2],
        ["Sandbox.Timedout", 1],
      ],
      coldStarts: 1,
      p50Ms: 1.5,
      p99Ms: 9,
      billedMs: 17,
      cpuMs: 5,
    });
    expect(summary.gbSeconds).toBeCloseTo(0.005, 12);
  });

  it("prices GB-seconds and requests as Lambda does", () => {
    expect(costUsd(400_000, 3_000_000)).toBeCloseTo(6.66668 + 0.6, 9);
    const { costUsd: cost, costUsdPerMillion } = summarise("f", [meter(), meter()]);
    expect(cost).toBeCloseTo(0.002 * 0.0000166667 + 2 * 0.0000002, 15);
    expect(costUsdPerMillion).toBeCloseTo(cost * 500_000, 9);
  });

  it("leaves throttled invocations out of durations and requests", () => {
    const throttled = meter({ outcome: "throttled", errorType: "Throttled", durationMs: 0, gbSeconds: 0 });
    const summary = summarise("f", [meter(), throttled]);
    expect(summary).toMatchObject({ invocations: 2, failed: 1, p50Ms: 1.5 });
    expect(summary.costUsd).toBeCloseTo(0.001 * 0.0000166667 + 0.0000002, 15);
  });

  it("has a row for a function that was never invoked", () => {
    const [never] = summariseByFunction(["never"], []);
    expect(never).toMatchObject({
      name: "never",
      invocations: 0,
      p99Ms: 0,
      costUsd: 0,
      costUsdPerMillion: 0,
    });
  });
});

describe("percentile", () => {
  it("takes the nearest rank", () => {
    const values = [10, 20, 30, 40];
    expect([0, 25, 50, 51, 100].map((percent) => percentile(values, percent))).toEqual([10, 10, 20, 30, 40]);
    expect(percentile([], 50)).toBe(0);
  });
});

describe("table", () => {
  const records = [
    ...Array.from({ length: 1_234 }, () => meter({ functionName: "orders-api", durationMs: 1_234.567 })),
    ...Array.from({ length: 12 }, () =>
      meter({
        functionName: "payments-webhook",
        outcome: "failed",
        errorType: "Function.ResponseSizeTooLarge",
        billedDurationMs: 100_000,
      }),
    ),
  ];
  const functions = summariseByFunction(["orders-api", "payments-webhook"], records);
  const total = summarise("Total", records);
  const piped = formatTable(functions, total, pipe);

  it("is plain ASCII when piped", () => {
    expect(piped.join("\n")).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it("has the same text on a terminal, in colours", () => {
    const coloured = formatTable(functions, total, terminal);
    expect(coloured.join("\n")).toContain("\u001b[");
    expect(coloured.map((line) => stripVTControlCharacters(line).replaceAll("─", "-"))).toEqual(piped);
  });

  it("has no colours on a terminal that shows none", () => {
    const plain = formatTable(functions, total, styleFor(new TestOutput("terminal without colours")));
    expect(plain.join("\n")).not.toContain("\u001b");
  });

  it("fits 120 columns with large numbers", () => {
    expect(Math.max(...piped.map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it("aligns numbers to the right, with thousands separators", () => {
    const row = piped.find((line) => line.startsWith("orders-api"))!;
    const totals = piped.at(-1)!;
    expect(row.split(/\s{2,}/).slice(0, 6)).toEqual([
      "orders-api",
      "1,234",
      "0",
      "0",
      "1,234.57",
      "1,234.57",
    ]);
    const endOf = (line: string, text: string): number => line.indexOf(text) + text.length;
    expect(endOf(row, "1,234")).toBe(endOf(totals, "1,246"));
    expect(endOf(row, "1,234")).toBe(endOf(piped[1]!, "Invocations"));
  });

  it("shows each failure type below its function, its count in the column of failures", () => {
    const at = piped.findIndex((line) => line.startsWith("payments-webhook"));
    const failure = piped[at + 1]!;
    expect(failure).toMatch(/^ {2}Function\.ResponseSizeTooLarge +12$/);
    expect(failure.length).toBe(piped[1]!.indexOf("Failed") + "Failed".length);
    expect(piped[at + 2]).toMatch(/^-+$/);
  });

  it("makes room for an error type of any length", () => {
    const errorType = `${"Long".repeat(20)}Error`;
    const summary = summarise("f", [meter({ outcome: "failed", errorType })]);
    const lines = formatTable([summary], summary, pipe);
    expect(lines.find((line) => line.includes(errorType))).toMatch(/Error {2,}1$/);
  });
});

describe("progress", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const plan = new Map([
    ["a", 6],
    ["b", 2],
  ]);
  const advanceAll = (progress: ReturnType<typeof createProgress>): void => {
    for (const [name, count] of plan) for (let n = 0; n < count; n += 1) progress.advance(name);
  };

  it("prints a few plain lines when piped", () => {
    const output = new TestOutput("pipe");
    const progress = createProgress(plan, output, pipe);
    advanceAll(progress);
    progress.finish();
    expect(output.text.trimEnd().split("\n")).toEqual([
      "  2/8 after 0.0 s: a 2, b 0",
      "  4/8 after 0.0 s: a 4, b 0",
      "  6/8 after 0.0 s: a 6, b 0",
      "  8/8 after 0.0 s: a 6, b 2",
    ]);
  });

  it("updates one line on a terminal, and clears it at the end", () => {
    const output = new TestOutput("terminal");
    const progress = createProgress(plan, output, terminal);
    vi.advanceTimersByTime(1_000);
    advanceAll(progress);
    vi.advanceTimersByTime(1_000);
    progress.finish();
    expect(output.text).not.toContain("\n");
    expect(output.text.endsWith("\r\u001b[2K")).toBe(true);
    expect(stripVTControlCharacters(output.text)).toContain(" 8/8  2.0 s  a 6  b 2");
    const { length } = output.text;
    vi.advanceTimersByTime(1_000);
    expect(output.text).toHaveLength(length);
  });

  it.each([40, 60, 80, 200])("never fills a terminal of %i columns", (columns) => {
    const state = new ProgressState(
      new Map(["one", "two", "three", "four"].map((n) => [`${n}-function`, 100])),
    );
    const line = stripVTControlCharacters(progressLine(state, terminal, columns));
    expect(line.length).toBeLessThan(columns);
  });
});
