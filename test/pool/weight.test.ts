import { describe, expect, it } from "vitest";
import { Weight } from "../../src/pool/weight.ts";

function after(...cpuMs: readonly number[]): Weight {
  const weight = new Weight();
  for (const one of cpuMs) weight.observe(one);
  return weight;
}

const times = (count: number, cpuMs: number): number[] => Array.from({ length: count }, () => cpuMs);

describe("a version's weight", () => {
  it.each<[string, readonly number[], boolean]>([
    ["nothing has run", [], false],
    ["its first runs were slow and the rest are not", [15, 8, 0.1], false],
    ["its runs take more than 2 ms", [3, 3, 3], true],
    ["two have, which is too few to tell", [3, 3], false],
    ["its runs have become longer", [...times(50, 0.1), ...times(30, 4)], true],
    ["one run among short ones was long", [...times(50, 0.1), 21], true],
    ["one was not quite so long", [...times(50, 0.1), 19], false],
    ["it has been light again for a while", [21, ...times(199, 0.1)], true],
    ["it has been light again for long", [21, ...times(300, 0.1)], false],
    ["it is on the edge", [...times(3, 3), ...times(1_000, 1.5)], true],
  ])("when %s", (_when, runs, isHeavy) => {
    expect(after(...runs).isHeavy).toBe(isHeavy);
  });

  it("is heavy while a run holds its thread for long, whatever came before", () => {
    const weight = after(...times(50, 0.1));
    weight.holds(90);
    expect(weight.isHeavy).toBe(false);
    weight.holds(110);
    expect(weight.isHeavy).toBe(true);
  });
});
