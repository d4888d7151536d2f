/**
 * Time as a dependency. Every timestamp, delay and schedule of the engine goes through a `Clock`, so that tests can run
 * hours of retries in a millisecond. The guest has its own time; this one is the host's.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch; may jump when the system's clock is set. */
  now(): number;
  /** Milliseconds on a clock that never goes back; only differences have a meaning. */
  monotonicMs(): number;
  /** Calls `callback` once after `delayMs`. The timer never keeps the process alive by itself unless `keepAlive` is true. */
  setTimer(callback: () => void, delayMs: number, keepAlive?: boolean): Timer;
}

/** A pending call of a {@link Clock}. */
export interface Timer {
  /** Takes the call back; does nothing when it has already happened. */
  cancel(): void;
}

/** Longest delay a Node timer can hold; a longer one would fire at once. */
const MAX_DELAY_MS = 2_147_483_647;

class SystemTimer implements Timer {
  #handle: NodeJS.Timeout;
  constructor(callback: () => void, delayMs: number, keepAlive: boolean) {
    this.#handle = this.#arm(callback, delayMs, keepAlive);
  }
  #arm(callback: () => void, delayMs: number, keepAlive: boolean): NodeJS.Timeout {
    const rest = delayMs - MAX_DELAY_MS;
    const handle =
      rest > 0
        ? setTimeout(() => {
            this.#handle = this.#arm(callback, rest, keepAlive);
          }, MAX_DELAY_MS)
        : setTimeout(callback, delayMs);
    if (!keepAlive) handle.unref();
    return handle;
  }
  cancel(): void {
    clearTimeout(this.#handle);
  }
}

/** Milliseconds on the machine's monotonic clock, which all its threads share; `performance.now()` counts from each thread's start. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/** Readings of the two clocks that are no further apart than this, in milliseconds, are of one moment. */
const SAME_MOMENT_MS = 0.05;

const READINGS = 1_000;

/**
 * What `performance.now()` of this thread lacks to {@link machineMs}. The thread may lose the CPU between reading the one
 * and the other, so it is read until it has not, and the closest readings count.
 */
export function machineOffset(): number {
  let bestMs = Infinity;
  let offsetMs = 0;
  for (let reading = 0; reading < READINGS && bestMs > SAME_MOMENT_MS; reading++) {
    const beforeMs = performance.now();
    const onMachineMs = machineMs();
    const apartMs = performance.now() - beforeMs;
    if (apartMs >= bestMs) continue;
    bestMs = apartMs;
    offsetMs = onMachineMs - beforeMs - apartMs / 2;
  }
  return offsetMs;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (callback, delayMs, keepAlive = false) => new SystemTimer(callback, delayMs, keepAlive),
};
