import { Engine } from "isolet";
import { HANDLER_MODULE } from "../baselines/handler.ts";
import { payloadOf } from "../baselines/isolet.ts";
import { seeded, zipf } from "../lib/draw.ts";
import { callAtTimes } from "../lib/open-load.ts";
import { atMost, scaled } from "../lib/report.ts";
import type { BenchRow, Scale, Target } from "../lib/report.ts";
import { median, quantile } from "../lib/stats.ts";

const FUNCTIONS = 10_000;
const WARM = 1_000;
/** For the whole process, host and all. */
const BUDGET_MB = 1_536;

/** What of it the environments get, as the engine counts them. */
const ENVIRONMENTS_MB = 1_400;
const DURATION_MS = 60_000;
const CALLS_PER_SECOND = 500;

/** Deployments and first calls under way at a time. */
const AT_ONCE = 8;

/** Many deployed functions, the most popular of them warm, called by Zipf's law at random times under a budget. */
export async function zipfLoad(scale: Scale): Promise<{ rows: BenchRow[]; targets: Target[] }> {
  const functions = scaled(FUNCTIONS, scale);
  const warm = scaled(WARM, scale);
  await using engine = new Engine({ memoryBudgetMb: ENVIRONMENTS_MB });
  const deployMs = await timed(() =>
    inParallel(functions, (index) => engine.deploy(nameOf(index), { code: { source: HANDLER_MODULE } })),
  );
  const warmMs = await timed(() =>
    inParallel(warm, async (index) => payloadOf(await engine.invoke(nameOf(index), { id: index }))),
  );
  const environments = engine.stats().environments.idle;
  const coldIds = new Set<string>();
  engine.on("meter", ({ coldStart, requestId }) => {
    if (coldStart) coldIds.add(requestId);
  });
  const lost = new Map<string, number>();
  const warmTook: number[] = [];
  const coldTook: number[] = [];
  const load = await callAtTimes(poisson(functions, DURATION_MS * scale.work), async ({ index }) => {
    const startMs = performance.now();
    const result = await engine.invoke(nameOf(index), { id: index }).catch((error: unknown) => String(error));
    const tookMs = performance.now() - startMs;
    if (typeof result === "string" || result.status === "failed") {
      const reason = typeof result === "string" ? result : result.error.errorType;
      lost.set(reason, (lost.get(reason) ?? 0) + 1);
      return;
    }
    (coldIds.delete(result.requestId) ? coldTook : warmTook).push(tookMs);
  });
  const all = [...warmTook, ...coldTook];
  const row = (label: string, value: number, unit: string, p99?: number): BenchRow => {
    return { label, value, unit, ...(p99 !== undefined && { p99 }), ratios: [] };
  };
  return {
    rows: [
      row(`deploy of one, ${functions} in all`, deployMs / functions, "ms"),
      row(`first call of one, ${warm} in all`, warmMs / warm, "ms"),
      row("environments warm before the load", environments, ""),
      row(`calls by Zipf's law, ${CALLS_PER_SECOND} a second`, load.calls, "calls"),
      ...[...lost].map(([reason, count]) => row(`  that failed: ${reason}`, count, "calls")),
      row("  that found a warm environment", (100 * warmTook.length) / all.length, "%"),
      row("  all: time of a call", median(all), "ms", quantile(all, 0.99)),
      row("  warm: time of a call", median(warmTook), "ms", quantile(warmTook, 0.99)),
      row("  cold: time of a call", median(coldTook), "ms", quantile(coldTook, 0.99)),
      row("  most outstanding at once", load.mostAtOnce, "calls"),
      row("  environments warm at the end", engine.stats().environments.idle, ""),
      row(
        "  their memory as the engine counts it",
        engine.stats().environments.memoryBytes / 1_048_576,
        "MB",
      ),
      row("  peak RSS of the process", load.peakRssMb, "MB"),
      row("  event-loop delay p99", load.delayP99Ms, "ms"),
    ],
    targets: [atMost("peak RSS under the budget of 1.5 GB", BUDGET_MB, load.peakRssMb, "MB")],
  };
}

interface DrawnCall {
  readonly atMs: number;
  readonly index: number;
}

/** Calls at random times that know nothing of each other. */
function* poisson(functions: number, durationMs: number): Generator<DrawnCall> {
  const random = seeded(1);
  const draw = zipf(functions, random);
  const meanMs = 1_000 / CALLS_PER_SECOND;
  for (let atMs = 0; atMs < durationMs; atMs -= Math.log(1 - random()) * meanMs)
    yield { atMs, index: draw() };
}

function nameOf(index: number): string {
  return `function-${index}`;
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

async function inParallel(count: number, run: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}
