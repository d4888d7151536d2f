import { setTimeout as sleep } from "node:timers/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";

const MS_PER_NS = 1e-6;
const BYTES_PER_MB = 1_048_576;

/** How often memory is looked at. */
const SAMPLE_MS = 500;

/** What callers who don't wait for each other saw, and the process meanwhile. */
export interface OpenLoad {
  readonly calls: number;
  /** Longest that a call was made after its time, in milliseconds: beyond a few, the callers were what limits. */
  readonly latestMs: number;
  readonly mostAtOnce: number;
  readonly peakRssMb: number;
  /** 99th percentile of this process's event-loop delay, in milliseconds. */
  readonly delayP99Ms: number;
}

/** Makes each call at its time, whether those before have come back or not, and waits for all. */
export async function callAtTimes<Call extends { readonly atMs: number }>(
  calls: Iterable<Call>,
  make: (call: Call) => Promise<void>,
): Promise<OpenLoad> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const watch = new Watch();
  const outstanding = new Set<Promise<void>>();
  const startMs = performance.now();
  let count = 0;
  let latestMs = 0;
  let mostAtOnce = 0;
  delay.enable();
  for (const call of calls) {
    let lateMs = performance.now() - startMs - call.atMs;
    while (lateMs < 0) {
      await sleep(Math.min(SAMPLE_MS, Math.max(1, -lateMs)));
      lateMs = performance.now() - startMs - call.atMs;
    }
    latestMs = Math.max(latestMs, lateMs);
    const made = make(call).finally(() => outstanding.delete(made));
    outstanding.add(made);
    mostAtOnce = Math.max(mostAtOnce, outstanding.size);
    count++;
  }
  await Promise.all(outstanding);
  delay.disable();
  return {
    calls: count,
    latestMs,
    mostAtOnce,
    peakRssMb: watch.stop(),
    delayP99Ms: delay.percentile(99) * MS_PER_NS,
  };
}

/** Notes the most memory that the process had. */
class Watch {
  #peak = process.memoryUsage.rss();
  readonly #timer = setInterval(() => {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss());
  }, SAMPLE_MS);

  /** In MB. */
  stop(): number {
    clearInterval(this.#timer);
    return Math.max(this.#peak, process.memoryUsage.rss()) / BYTES_PER_MB;
  }
}
