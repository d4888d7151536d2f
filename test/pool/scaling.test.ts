import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coldStartsNeeded, type PoolCounts } from "../../src/pool/scaling.ts";

const idle: PoolCounts = {
  waiting: 0,
  starting: 0,
  ready: 0,
  perEnvironment: 1,
  limit: 100,
  recentHoldMs: undefined,
  tolerableWaitMs: 0.5,
};

describe("coldStartsNeeded", () => {
  it.each<[string, Partial<PoolCounts>, number]>([
    ["nothing waits", {}, 0],
    ["one waits", { waiting: 1 }, 1],
    ["each of several gets one", { waiting: 5 }, 5],
    ["those being started count", { waiting: 5, starting: 3 }, 2],
    ["all are covered", { waiting: 3, starting: 3 }, 0],
    ["more are started than wait", { waiting: 1, starting: 3 }, 0],
    ["the limit leaves less room", { waiting: 5, limit: 8, ready: 6 }, 2],
    ["the limit counts those being started", { waiting: 5, limit: 4, starting: 2, ready: 1 }, 1],
    ["the limit is reached", { waiting: 5, limit: 3, ready: 3 }, 0],
    ["the limit has been lowered", { waiting: 5, limit: 3, ready: 7 }, 0],
    ["several share an environment", { waiting: 5, perEnvironment: 2 }, 3],
    ["several share one being started", { waiting: 5, starting: 2, perEnvironment: 2 }, 1],
    ["busy ones free themselves too late", { waiting: 2, ready: 4, recentHoldMs: 10 }, 2],
    ["busy ones free themselves soon", { waiting: 4, ready: 4, recentHoldMs: 0.5 }, 0],
    ["soon for some of them only", { waiting: 6, ready: 4, recentHoldMs: 0.5 }, 2],
    ["soon several times over", { waiting: 8, ready: 2, recentHoldMs: 0.1 }, 0],
    ["there is nothing busy to free itself", { waiting: 2, recentHoldMs: 0.1 }, 2],
    ["a hold of no length", { waiting: 2, ready: 1, recentHoldMs: 0 }, 0],
  ])("when %s", (_when, counts, needed) => {
    expect(coldStartsNeeded({ ...idle, ...counts })).toBe(needed);
  });

  const counts = fc.record({
    waiting: fc.nat(200),
    starting: fc.nat(50),
    ready: fc.nat(50),
    perEnvironment: fc.integer({ min: 1, max: 10 }),
    limit: fc.integer({ min: 1, max: 100 }),
    recentHoldMs: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
    tolerableWaitMs: fc.double({ min: 0, max: 5, noNaN: true }),
  });

  it("is a whole number within the limit, and never more than those that wait", () => {
    fc.assert(
      fc.property(counts, (given) => {
        const needed = coldStartsNeeded(given);
        expect(Number.isInteger(needed)).toBe(true);
        expect(needed).toBeGreaterThanOrEqual(0);
        expect(needed).toBeLessThanOrEqual(given.waiting);
        if (needed > 0) expect(given.ready + given.starting + needed).toBeLessThanOrEqual(given.limit);
      }),
    );
  });

  it("covers everyone who waits unless the limit or a ready environment does", () => {
    fc.assert(
      fc.property(counts, (given) => {
        const needed = coldStartsNeeded({ ...given, recentHoldMs: undefined });
        const covered = (given.starting + needed) * given.perEnvironment >= given.waiting;
        expect(covered || given.ready + given.starting + needed >= given.limit).toBe(true);
        if (needed > 0)
          expect((given.starting + needed - 1) * given.perEnvironment).toBeLessThan(given.waiting);
      }),
    );
  });

  it("never leaves one that waits without anything to wait for", () => {
    fc.assert(
      fc.property(counts, (given) => {
        if (given.waiting === 0 || given.starting + given.ready > 0) return;
        expect(coldStartsNeeded(given)).toBeGreaterThan(0);
      }),
    );
  });

  it("never falls when one more waits, nor rises when one more is ready", () => {
    fc.assert(
      fc.property(counts, (given) => {
        const needed = coldStartsNeeded(given);
        expect(coldStartsNeeded({ ...given, waiting: given.waiting + 1 })).toBeGreaterThanOrEqual(needed);
        expect(coldStartsNeeded({ ...given, ready: given.ready + 1 })).toBeLessThanOrEqual(needed);
      }),
    );
  });
});
