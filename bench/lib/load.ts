import { monitorEventLoopDelay } from "node:perf_hooks";

/** What one window gave. */
export interface LoadFigure {
  readonly callsPerSecond: number;
  /** 99th percentile of the host's event-loop delay, in milliseconds. */
  readonly delayP99Ms: number;
}

const MS_PER_NS = 1e-6;

/** How often the delay is sampled, in milliseconds. Node counts this interval as part of the delay. */
const RESOLUTION_MS = 1;

/**
 * Keeps `callers` calls outstanding for `durationMs`: each caller makes its next call when its last has come back. What
 * is outstanding at the end is waited for and not counted.
 */
export async function keepBusy(
  callers: number,
  durationMs: number,
  call: (index: number) => Promise<unknown>,
): Promise<LoadFigure> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  let calls = 0;
  let lastMs = startMs;
  const caller = async (): Promise<void> => {
    while (lastMs < endMs) {
      await call(calls);
      lastMs = performance.now();
      calls++;
    }
  };
  delay.enable();
  await Promise.all(Array.from({ length: callers }, caller));
  delay.disable();
  return {
    callsPerSecond: (calls * 1_000) / (lastMs - startMs),
    delayP99Ms: delay.percentile(99) * MS_PER_NS,
  };
}
