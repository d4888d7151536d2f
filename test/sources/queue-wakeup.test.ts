import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/base/clock.ts";
import { MemoryQueue, queueSource } from "../../src/sources/queue.ts";
import type { SourceInvoker } from "../../src/invocation/invoker.ts";

/** A clock that moves whenever it is read, as a real one does; a timer moves it to its time. */
function movingClock(stepMs: number): Clock {
  let nowMs = 1_000;
  return {
    now: () => nowMs,
    monotonicMs: () => (nowMs += stepMs),
    setTimer(callback, delayMs) {
      const handle = setImmediate(() => {
        nowMs += delayMs;
        callback();
      });
      return { cancel: () => clearImmediate(handle) };
    },
  };
}

const failing = {
  invoke: (() =>
    Promise.resolve({
      status: "failed",
      requestId: "r",
      functionName: "fn",
      functionVersion: "1",
      coldStart: false,
      durationMs: 1,
      error: { errorType: "Error", errorMessage: "no" },
    })) as unknown as SourceInvoker["invoke"],
} as SourceInvoker;

describe("a message whose visibility timeout ends while the source looks", () => {
  // Steps of every size, so that in some cases the time comes between any two looks at the clock.
  const cases = Array.from({ length: 40 }, (_, index) => [10, 0.25 * (index + 1)] as const);
  it.each(cases)("is received all the same (%s ms, clock in steps of %s)", async (timeoutMs, stepMs) => {
    const queue = new MemoryQueue({ name: "jobs" });
    const deadLetter = new MemoryQueue({ name: "dead" });
    const source = queueSource({
      queue,
      function: "fn",
      visibilityTimeoutMs: timeoutMs,
      maxReceiveCount: 8,
      deadLetter,
    });
    const logger = { debug: () => undefined, error: () => undefined };
    const { signal } = new AbortController();
    queue.send("poison");
    await source.start({ invoker: failing, clock: movingClock(stepMs), logger, signal });
    for (let turn = 0; turn < 2_000 && deadLetter.stats.visible === 0; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(deadLetter.stats.visible).toBe(1);
    await source.stop();
  });
});
