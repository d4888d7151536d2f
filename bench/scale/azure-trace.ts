import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Engine } from "isolet";
import { payloadOf } from "../baselines/isolet.ts";
import { seeded } from "../lib/draw.ts";
import { callAtTimes } from "../lib/open-load.ts";
import { scaled } from "../lib/report.ts";
import type { BenchRow, Scale } from "../lib/report.ts";
import { median, quantile } from "../lib/stats.ts";

const FOLDER = resolve(import.meta.dirname, "../../../shared/corpora/traces");

/** How much faster than it was the trace is replayed: its minutes take seconds. */
const SPEED = 60;

const MINUTE_MS = 60_000 / SPEED;

/** Lambda keeps environments for minutes; ten of the trace's. */
const KEEP_ALIVE_MS = 10 * MINUTE_MS;

/** Longer than the longest recorded run at this speed. */
const TIMEOUT_MS = 60_000;

/** Stands in for what the trace's functions did. */
const HANDLER = `export const handler = async ({ waitMs }) => {
  await new Promise((resolve) => setTimeout(resolve, waitMs));
};
`;

interface TracedFunction {
  readonly name: string;
  readonly perMinute: readonly number[];
  /** Recorded durations at these shares of its runs, in milliseconds. */
  readonly percentiles: readonly (readonly [share: number, ms: number])[];
}

/** Replays 100 functions of the Azure Functions trace of 2019, or says why not. */
export async function azureTrace(scale: Scale): Promise<{ rows: BenchRow[]; skipped?: string }> {
  if (!existsSync(FOLDER)) return { rows: [], skipped: `the Azure trace: there is no ${FOLDER}` };
  const functions = readTrace();
  const minutes = scaled(Math.max(...functions.map(({ perMinute }) => perMinute.length)), scale);
  await using engine = new Engine({ keepAliveMs: KEEP_ALIVE_MS });
  for (const { name } of functions) {
    await engine.deploy(name, { code: { source: HANDLER }, timeoutMs: TIMEOUT_MS });
  }
  let coldStarts = 0;
  engine.on("meter", ({ coldStart }) => {
    if (coldStart) coldStarts++;
  });
  const beyondMs: number[] = [];
  const load = await callAtTimes(callsOf(functions, minutes), async ({ name, waitMs }) => {
    const startMs = performance.now();
    payloadOf(await engine.invoke(name, { waitMs }));
    beyondMs.push(performance.now() - startMs - waitMs);
  });
  const row = (label: string, value: number, unit: string, p99?: number): BenchRow => {
    return { label, value, unit, ...(p99 !== undefined && { p99 }), ratios: [] };
  };
  return {
    rows: [
      row(`Azure trace, ${minutes} min at ${SPEED} ×`, load.calls, "calls"),
      row("  time beyond the recorded wait", median(beyondMs), "ms", quantile(beyondMs, 0.99)),
      row("  that found a warm environment", 100 * (1 - coldStarts / load.calls), "%"),
      row("  most outstanding at once", load.mostAtOnce, "calls"),
      row("  peak RSS of the process", load.peakRssMb, "MB"),
      row("  event-loop delay p99", load.delayP99Ms, "ms"),
    ],
  };
}

interface TracedCall {
  readonly atMs: number;
  readonly name: string;
  readonly waitMs: number;
}

/** Minute by minute; within one the times are drawn, which the trace doesn't tell, and so are the durations. */
function* callsOf(functions: readonly TracedFunction[], minutes: number): Generator<TracedCall> {
  const random = seeded(2);
  for (let minute = 0; minute < minutes; minute++) {
    const calls = functions.flatMap(({ name, perMinute, percentiles }) =>
      Array.from({ length: perMinute[minute] ?? 0 }, () => ({
        atMs: (minute + random()) * MINUTE_MS,
        name,
        waitMs: durationAt(percentiles, random()) / SPEED,
      })),
    );
    yield* calls.sort((a, b) => a.atMs - b.atMs);
  }
}

/** Between two recorded percentiles on the straight line. */
function durationAt(percentiles: TracedFunction["percentiles"], share: number): number {
  const above = percentiles.findIndex(([at]) => at > share);
  const [highShare, highMs] = percentiles[above] ?? [1, 0];
  const [lowShare, lowMs] = percentiles[above - 1] ?? [0, highMs];
  return lowMs + ((share - lowShare) / (highShare - lowShare)) * (highMs - lowMs);
}

function readTrace(): TracedFunction[] {
  const durations = new Map(readCsv("100-durations.csv").map((row) => [row.get("HashFunction"), row]));
  return readCsv("100-invocations.csv").map((row) => {
    const name = row.get("HashFunction") ?? "";
    const recorded = [...(durations.get(name) ?? [])].flatMap(([column, value]) => {
      const percentile = /^percentile_Average_(\d+)$/.exec(column)?.[1];
      return percentile === undefined ? [] : [[Number(percentile) / 100, Number(value)] as const];
    });
    const perMinute = [...row].filter(([column]) => /^\d+$/.test(column)).map(([, count]) => Number(count));
    return { name, perMinute, percentiles: recorded };
  });
}

/** Without quotes or commas in values, as the trace's files are. */
function readCsv(file: string): Map<string, string>[] {
  const [head = "", ...lines] = readFileSync(join(FOLDER, file), "utf8").trim().split(/\r?\n/);
  const columns = head.split(",");
  return lines.map((line) => new Map(line.split(",").map((value, index) => [columns[index] ?? "", value])));
}
