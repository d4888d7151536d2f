import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Comparison } from "./compare.ts";
import { MODULES } from "./modules.ts";
import { missing } from "./suite.ts";

if (missing) console.warn(`Node's own tests are skipped. ${missing}`);

describe.skipIf(missing !== undefined)("Node's own tests", () => {
  let comparison: Comparison;

  beforeAll(async () => {
    comparison = await Comparison.start({ timeoutMs: 20_000, parallel: 2 });
  }, 60_000);
  afterAll(() => comparison[Symbol.asyncDispose]());

  it.each(MODULES)(
    "of $name pass in guests as in plain Node",
    async ({ prefixes, floor }) => {
      const { passed, expected, failures } = await comparison.run(prefixes);
      expect(expected, "a module without tests").toBeGreaterThan(0);
      expect(passed / expected, failures.join("\n")).toBeGreaterThanOrEqual(floor);
    },
    600_000,
  );
});
