import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { FakeClock } from "../../src/base/fake-clock.ts";

describe("FakeClock", () => {
  it("stands still until it is told to move", async () => {
    const clock = new FakeClock(1_000);
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_000, 1_000]);
    await clock.advance(250);
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_250, 1_250]);
  });

  it("fires timers in the order of their times, then of their making", async () => {
    const clock = new FakeClock(0);
    const fired: string[] = [];
    clock.setTimer(() => fired.push("late"), 20);
    clock.setTimer(() => fired.push("first"), 10);
    clock.setTimer(() => fired.push("second"), 10);
    clock.setTimer(() => fired.push("after"), 21);
    await clock.advance(20);
    expect(fired).toEqual(["first", "second", "late"]);
    expect(clock.pendingTimers).toBe(1);
  });

  it("shows a firing timer its own time, and fires what that sets within the same advance", async () => {
    const clock = new FakeClock(0);
    const times: number[] = [];
    clock.setTimer(() => {
      times.push(clock.now());
      clock.setTimer(() => times.push(clock.now()), 5);
    }, 10);
    await clock.advance(100);
    expect(times).toEqual([10, 15]);
    expect(clock.now()).toBe(100);
  });

  it("lets promise reactions run between two timers", async () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    clock.setTimer(() => void Promise.resolve().then(() => seen.push("reaction")), 1);
    clock.setTimer(() => seen.push("timer"), 1);
    await clock.advance(1);
    expect(seen).toEqual(["reaction", "timer"]);
  });

  it("doesn't fire a cancelled timer, and takes cancelling twice or after firing", async () => {
    const clock = new FakeClock(0);
    const callback = vi.fn();
    const cancelled = clock.setTimer(callback, 5);
    cancelled.cancel();
    cancelled.cancel();
    const fired = clock.setTimer(() => undefined, 1);
    await clock.advance(10);
    fired.cancel();
    expect(callback).not.toHaveBeenCalled();
    expect(clock.pendingTimers).toBe(0);
  });

  it("takes a negative delay as none", async () => {
    const clock = new FakeClock(50);
    const times: number[] = [];
    clock.setTimer(() => times.push(clock.now()), -10);
    await clock.advance(0);
    expect(times).toEqual([50]);
  });
});

describe("the system clock", () => {
  const LONGEST_MS = 2_147_483_647;

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([0, 1, LONGEST_MS, LONGEST_MS + 1, 2.5 * LONGEST_MS, 5 * LONGEST_MS])(
    "holds a delay of %d ms, longer than a Node timer can",
    (delayMs) => {
      const callback = vi.fn();
      systemClock.setTimer(callback, delayMs);
      if (delayMs > 1) {
        vi.advanceTimersByTime(delayMs - 1);
        expect(callback).not.toHaveBeenCalled();
      }
      vi.advanceTimersByTime(2);
      expect(callback).toHaveBeenCalledTimes(1);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("cancels a long delay in any of its parts", () => {
    for (const partsPassed of [0, 1, 2]) {
      const callback = vi.fn();
      const timer = systemClock.setTimer(callback, 4 * LONGEST_MS);
      vi.advanceTimersByTime(partsPassed * LONGEST_MS + 10);
      timer.cancel();
      expect(vi.getTimerCount()).toBe(0);
      vi.advanceTimersByTime(5 * LONGEST_MS);
      expect(callback).not.toHaveBeenCalled();
    }
  });

  it("waits for ever for an infinite delay", () => {
    const callback = vi.fn();
    const timer = systemClock.setTimer(callback, Infinity);
    vi.advanceTimersByTime(3 * LONGEST_MS);
    expect(callback).not.toHaveBeenCalled();
    timer.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells the time and never goes back", () => {
    vi.useRealTimers();
    const before = Date.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
    const first = systemClock.monotonicMs();
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(first);
  });
});

describe("a timer of the system clock", () => {
  it.each([
    { keepAlive: undefined, alive: false },
    { keepAlive: false, alive: false },
    { keepAlive: true, alive: true },
  ])("keeps the process alive only when asked to ($keepAlive)", ({ keepAlive, alive }) => {
    const count = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = count();
    const timer = systemClock.setTimer(() => undefined, 3_600_000, keepAlive);
    expect(count() - before).toBe(alive ? 1 : 0);
    timer.cancel();
    expect(count()).toBe(before);
  });
});
