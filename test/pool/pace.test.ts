import { describe, expect, it } from "vitest";
import { Pace } from "../../src/pool/pace.ts";

function paceOf(...runs: readonly (readonly [runMs: number, cpuMs: number])[]): Pace {
  const pace = new Pace();
  for (const [runMs, cpuMs] of runs) pace.observe(runMs, cpuMs);
  return pace;
}

describe("a pace", () => {
  it("promises nothing before a run has ended, nor after it was forgotten", () => {
    const pace = paceOf();
    expect([pace.runMs, pace.mailboxDepth, pace.cpuShare]).toEqual([undefined, 0, 0]);
    pace.observe(0.01, 0.01);
    pace.forget();
    expect([pace.runMs, pace.mailboxDepth, pace.cpuShare]).toEqual([undefined, 0, 0]);
    pace.observe(0.1, 0.05);
    expect([pace.runMs, pace.cpuShare]).toEqual([0.1, 0.5]);
  });

  it.each([
    [0, 64],
    [0.001, 64],
    [0.015, 16],
    [0.02, 12],
    [0.1, 2],
    [0.25, 1],
    [0.26, 0],
    [300, 0],
  ])("of runs of %d ms lets %d wait in a mailbox", (runMs, depth) => {
    expect(paceOf([runMs, 0]).mailboxDepth).toBe(depth);
  });

  it.each([
    [[], false],
    [[[0.004, 0.004]], true],
    [[[0.05, 0.001]], true],
    [[[0.06, 0.001]], false],
    [
      [
        [0.004, 0.004],
        [30, 0],
      ],
      false,
    ],
  ] as const)("of %j prefers a busy environment to an idle one: %s", (runs, prefers) => {
    expect(paceOf(...runs).prefersBusy).toBe(prefers);
  });

  it("lets nothing wait after a single long run among many short ones", () => {
    const pace = paceOf(...Array.from({ length: 100 }, () => [0.01, 0] as const));
    expect(pace.mailboxDepth).toBeGreaterThan(0);
    pace.observe(30, 0);
    expect(pace.mailboxDepth).toBe(0);
    for (let runs = 0; runs < 50; runs++) pace.observe(0.01, 0);
    expect(pace.mailboxDepth).toBeGreaterThan(0);
  });

  it.each([
    [10, 10, 1],
    [10, 2.5, 0.25],
    [10, 0, 0],
    [10, 12, 1],
    [0, 0, 0],
  ])("of runs of %d ms with %d ms of CPU time has them compute for %d of it", (runMs, cpuMs, share) => {
    expect(paceOf([runMs, cpuMs]).cpuShare).toBe(share);
  });
});
