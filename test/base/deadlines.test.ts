import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { DEADLINE_TICK_MS, Deadlines, type Deadline } from "../../src/base/deadlines.ts";
import { FakeClock } from "../../src/base/fake-clock.ts";

function setUp(): { clock: FakeClock; deadlines: Deadlines } {
  const clock = new FakeClock(3);
  return { clock, deadlines: new Deadlines(clock) };
}

type Step =
  | { readonly kind: "set"; readonly afterMs: number; readonly again: number | undefined }
  | { readonly kind: "cancel"; readonly choice: number }
  | { readonly kind: "advance"; readonly ms: number };

const delay = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.double({ min: 0, max: 50, noNaN: true }));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      afterMs: delay,
      again: fc.option(delay, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), choice: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("advance" as const), ms: fc.integer({ min: 0, max: 100 }) }),
  },
);

/** One deadline as the model knows it. */
interface Entry {
  deadline: Deadline;
  readonly dueMs: number;
  fired: number;
  cancelled: boolean;
}

describe("Deadlines", () => {
  it("are never early, at most a tick late, fire once, and can be taken back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { clock, deadlines } = setUp();
        const entries: Entry[] = [];
        const set = (afterMs: number, again: number | undefined): void => {
          const entry: Entry = {
            dueMs: clock.monotonicMs() + afterMs,
            fired: 0,
            cancelled: false,
            deadline: deadlines.set(afterMs, () => {
              entry.fired++;
              expect(entry.cancelled).toBe(false);
              expect(clock.monotonicMs()).toBeGreaterThanOrEqual(entry.dueMs);
              if (again !== undefined) set(again, undefined);
            }),
          };
          entries.push(entry);
        };
        const check = (): void => {
          const nowMs = clock.monotonicMs();
          for (const { fired, dueMs, cancelled } of entries) {
            expect(fired).toBeLessThanOrEqual(1);
            if (!cancelled && nowMs >= dueMs + 2 * DEADLINE_TICK_MS) expect(fired).toBe(1);
          }
          expect(deadlines.size).toBe(
            entries.filter((entry) => entry.fired === 0 && !entry.cancelled).length,
          );
          expect(clock.pendingTimers).toBeLessThanOrEqual(1);
        };
        for (const one of steps) {
          if (one.kind === "set") set(one.afterMs, one.again);
          else if (one.kind === "advance") await clock.advance(one.ms);
          else {
            const entry = entries[one.choice % Math.max(1, entries.length)];
            if (!entry) continue;
            if (entry.fired === 0) entry.cancelled = true;
            deadlines.cancel(entry.deadline);
          }
          check();
        }
        await clock.advance(1_000);
        check();
        expect(deadlines.size).toBe(0);
        expect(clock.pendingTimers).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it("have no timer before the first, and none after the last", async () => {
    const { clock, deadlines } = setUp();
    expect(clock.pendingTimers).toBe(0);
    deadlines.cancel(deadlines.set(10_000, () => undefined));
    expect(deadlines.size).toBe(0);
    await clock.advance(DEADLINE_TICK_MS);
    expect(clock.pendingTimers).toBe(0);
  });

  it("run on one timer, also when a deadline that comes sets another", async () => {
    const { clock, deadlines } = setUp();
    deadlines.set(100_000, () => undefined);
    for (let turn = 0; turn < 20; turn++) {
      deadlines.set(1, () => void deadlines.set(100_000, () => undefined));
      await clock.advance(2 * DEADLINE_TICK_MS);
    }
    expect(clock.pendingTimers).toBe(1);
  });

  it("can be taken back by another deadline of the same tick", async () => {
    const { clock, deadlines } = setUp();
    const second = vi.fn();
    const held: Deadline[] = [];
    deadlines.set(5, () => held.forEach((deadline) => deadlines.cancel(deadline)));
    held.push(deadlines.set(5, second));
    await clock.advance(100);
    expect(second).not.toHaveBeenCalled();
    expect(deadlines.size).toBe(0);
  });

  it("take being cancelled after they came, and twice", async () => {
    const { clock, deadlines } = setUp();
    const first = deadlines.set(1, () => undefined);
    deadlines.set(500, () => undefined);
    await clock.advance(50);
    deadlines.cancel(first);
    deadlines.cancel(first);
    expect(deadlines.size).toBe(1);
  });

  it("still come after one of them has thrown", async () => {
    const { clock, deadlines } = setUp();
    const later = vi.fn();
    deadlines.set(1, () => {
      throw new Error("deadline");
    });
    deadlines.set(50, later);
    await expect(clock.advance(20)).rejects.toThrow("deadline");
    await clock.advance(100);
    expect(later).toHaveBeenCalledTimes(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("fire in the order of their times after the process stood still for long", () => {
    const { clock, deadlines } = setUp();
    const fired: number[] = [];
    for (const ms of [4_000, 1_000, 3_000, 2_000]) deadlines.set(ms, () => fired.push(ms));
    let jumpMs = 0;
    const stopped = vi.spyOn(clock, "monotonicMs").mockImplementation(() => clock.now() + jumpMs);
    jumpMs = 3_600_000;
    return clock.advance(DEADLINE_TICK_MS).then(() => {
      stopped.mockRestore();
      expect(fired).toEqual([1_000, 2_000, 3_000, 4_000]);
    });
  });
});
