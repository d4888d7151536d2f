import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GuestTimers } from "../../src/cell/guest-timers.ts";

const TIMER_LIMIT = 100;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(): { timers: GuestTimers; fired: number[] } {
  const fired: number[] = [];
  return { timers: new GuestTimers(TIMER_LIMIT, (id) => fired.push(id)), fired };
}

describe("GuestTimers", () => {
  it("fire once, in the order of their times", () => {
    const { timers, fired } = setUp();
    timers.set(1, 20);
    timers.set(2, 10);
    timers.set(3, 0);
    vi.advanceTimersByTime(100);
    expect(fired).toEqual([3, 2, 1]);
    expect(timers.size).toBe(0);
  });

  it("don't fire once cleared, nor twice when set again", () => {
    const { timers, fired } = setUp();
    timers.set(1, 10);
    timers.set(2, 10);
    timers.clear(1);
    timers.clear(99);
    timers.set(2, 30);
    vi.advanceTimersByTime(20);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(fired).toEqual([2]);
  });

  it("that come due while frozen fire after the thaw, in their order", () => {
    const { timers, fired } = setUp();
    timers.set(1, 20);
    timers.set(2, 10);
    timers.set(3, 1_000);
    timers.freeze();
    vi.advanceTimersByTime(500);
    expect(fired).toEqual([]);
    expect(timers.size).toBe(3);
    timers.thaw();
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual([2, 1]);
    vi.advanceTimersByTime(1_000);
    expect(fired).toEqual([2, 1, 3]);
  });

  it("that came due while frozen may still be cleared, before and after the thaw", async () => {
    // Without a delay they are immediates, for which the real ones need no waiting.
    vi.useRealTimers();
    const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const { timers, fired } = setUp();
    for (const id of [1, 2, 3]) timers.set(id, 0);
    timers.freeze();
    await turn();
    timers.clear(1);
    timers.thaw();
    timers.clear(2);
    await turn();
    expect(fired).toEqual([3]);
    expect(timers.size).toBe(0);
  });

  it("freeze again before those that came due have fired", () => {
    const { timers, fired } = setUp();
    timers.set(1, 10);
    timers.freeze();
    vi.advanceTimersByTime(50);
    timers.thaw();
    timers.freeze();
    vi.advanceTimersByTime(50);
    expect(fired).toEqual([]);
    timers.thaw();
    vi.advanceTimersByTime(50);
    expect(fired).toEqual([1]);
  });

  it("are limited, and make room when cleared", () => {
    const { timers } = setUp();
    for (let id = 1; id <= TIMER_LIMIT; id++) expect(timers.set(id, 60_000)).toBe(true);
    expect(timers.set(0, 60_000)).toBe(false);
    expect(timers.set(5, 10)).toBe(true);
    timers.clear(7);
    expect(timers.set(0, 60_000)).toBe(true);
    timers.clearAll();
    expect(timers.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("take a delay longer than Node can hold, and one that is no number", () => {
    const { timers, fired } = setUp();
    timers.set(1, 1e15);
    timers.set(2, Number.NaN);
    vi.advanceTimersByTime(1_000);
    expect(fired).toEqual([2]);
  });
});
