import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coldStartsNeeded, type PoolCounts } from "../../src/pool/scaling.ts";

const idle: PoolCounts = {
  waiting: 0,
  stalled: 0,
  heldUp: 0,
  starting: 0,
  ready: 0,
  perEnvironment: 1,
  limit: 100,
  cells: 8,
  runMs: undefined,
  cpuShare: 0,
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
    ["busy ones free themselves too late", { waiting: 2, ready: 4, runMs: 10 }, 2],
    ["busy ones free themselves soon", { waiting: 4, ready: 4, runMs: 0.5 }, 0],
    ["soon for some of them only", { waiting: 6, ready: 4, runMs: 0.5 }, 2],
    ["soon several times over", { waiting: 8, ready: 2, runMs: 0.1 }, 0],
    ["there is nothing busy to free itself", { waiting: 2, runMs: 0.1 }, 2],
    ["runs take no time", { waiting: 2, ready: 1, runMs: 0 }, 0],
    ["more wait than the cells can initialise at once", { waiting: 64, cells: 2 }, 4],
    ["as many are started as the cells can initialise", { waiting: 64, cells: 2, starting: 4 }, 0],
    ["many were provisioned", { waiting: 64, cells: 2, starting: 30 }, 0],
    ["runs only compute", { waiting: 20, ready: 3, cells: 2, runMs: 10, cpuShare: 1 }, 1],
    [
      "runs only compute and the cells are busy",
      { waiting: 20, ready: 4, cells: 2, runMs: 10, cpuShare: 1 },
      0,
    ],
    ["runs compute half of the time", { waiting: 20, ready: 4, cells: 2, runMs: 10, cpuShare: 0.5 }, 4],
    ["those being started can't go on", { waiting: 2, starting: 2, stalled: 2 }, 2],
    ["one being started can't go on", { waiting: 2, starting: 2, stalled: 1 }, 1],
    ["no ready one can do anything", { waiting: 2, ready: 2, heldUp: 2, runMs: 0.1 }, 2],
    ["those that can do nothing count towards the limit", { waiting: 5, limit: 3, ready: 2, heldUp: 2 }, 1],
    ["the cells' inits are stalled", { waiting: 20, cells: 2, starting: 4, stalled: 4 }, 4],
    ["runs only wait", { waiting: 20, ready: 50, cells: 2, runMs: 10 }, 4],
  ])("when %s", (_when, counts, needed) => {
    expect(coldStartsNeeded({ ...idle, ...counts })).toBe(needed);
  });

  const all = fc.record({
    waiting: fc.nat(200),
    starting: fc.nat(50),
    stalled: fc.nat(50),
    ready: fc.nat(50),
    heldUp: fc.nat(50),
    perEnvironment: fc.integer({ min: 1, max: 10 }),
    limit: fc.integer({ min: 1, max: 100 }),
    cells: fc.integer({ min: 1, max: 16 }),
    runMs: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
    cpuShare: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const counts = all.map((given) => ({
    ...given,
    stalled: Math.min(given.stalled, given.starting),
    heldUp: Math.min(given.heldUp, given.ready),
  }));

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

  it("never has more inits under way than two for each cell", () => {
    fc.assert(
      fc.property(counts, (given) => {
        const needed = coldStartsNeeded(given);
        const starting = given.starting - given.stalled + needed;
        if (needed > 0) expect(starting).toBeLessThanOrEqual(given.cells * 2);
      }),
    );
  });

  it("makes no more environments than keep the cells busy", () => {
    fc.assert(
      fc.property(counts, ({ cpuShare, ...given }) => {
        fc.pre(given.runMs !== undefined && cpuShare > 0);
        const needed = coldStartsNeeded({ ...given, cpuShare });
        const able = given.ready - given.heldUp + given.starting - given.stalled;
        const computing = (able + needed - 1) * cpuShare;
        if (needed > 0) expect(computing).toBeLessThan(given.cells * 2 + 1e-9);
      }),
    );
  });

  it("covers everyone who waits unless the limit, the cells or a ready environment does", () => {
    fc.assert(
      fc.property(counts, (given) => {
        const needed = coldStartsNeeded({ ...given, runMs: undefined });
        const starting = given.starting - given.stalled + needed;
        const covered = starting * given.perEnvironment >= given.waiting;
        const isFull = given.ready + given.starting + needed >= given.limit;
        expect(covered || isFull || starting >= given.cells * 2).toBe(true);
        if (needed > 0) expect((starting - 1) * given.perEnvironment).toBeLessThan(given.waiting);
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
        expect(coldStartsNeeded({ ...given, cells: given.cells + 1 })).toBeGreaterThanOrEqual(needed);
      }),
    );
  });
});
