import fc from "fast-check";
import { it } from "vitest";
import { PoolModel } from "./model.ts";

const KINDS = {
  run: 16,
  initialized: 6,
  initFailed: 1,
  start: 3,
  done: 6,
  ended: 1,
  loseCell: 1,
  abort: 2,
  advance: 4,
  retire: 0,
} as const;

type Kind = keyof typeof KINDS;
interface Step {
  readonly kind: Kind;
  readonly choice: number;
}

const steps = (retires: boolean): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      kind: fc.oneof(
        ...Object.entries(KINDS).map(([kind, weight]) => ({
          weight: kind === "retire" && retires ? 1 : weight,
          arbitrary: fc.constant(kind as Kind),
        })),
      ),
      choice: fc.nat(300),
    }),
    { maxLength: 80, size: "max" },
  );

const limits = fc
  .record({
    environmentConcurrency: fc.integer({ min: 1, max: 3 }),
    limit: fc.integer({ min: 1, max: 4 }),
    provisioned: fc.integer({ min: 0, max: 2 }),
  })
  .map((given) => ({ ...given, provisioned: Math.min(given.provisioned, given.limit) }));

it.each([false, true])("a pool keeps its promises whatever happens (retired within: %s)", async (retires) => {
  await fc.assert(
    fc.asyncProperty(limits, steps(retires), async (given, list) => {
      const model = new PoolModel(given);
      await model.sync();
      model.checkAtRest();
      for (const { kind, choice } of list) {
        await model[kind](choice);
        model.checkAtRest();
      }
      await model.finish();
    }),
    { numRuns: 300 },
  );
});
