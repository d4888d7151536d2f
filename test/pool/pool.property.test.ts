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
  hold: 0,
  release: 0,
  retire: 0,
} as const;

/** How often it happens where it may. */
const SOMETIMES: Partial<Record<Kind, number>> = { retire: 1, hold: 3, release: 2 };

type Kind = keyof typeof KINDS;
interface Step {
  readonly kind: Kind;
  readonly choice: number;
}

const steps = (extra: readonly Kind[]): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      kind: fc.oneof(
        ...Object.entries(KINDS).map(([kind, weight]) => ({
          weight: extra.includes(kind as Kind) ? (SOMETIMES[kind as Kind] ?? 0) : weight,
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

it.each<[string, readonly Kind[], number]>([
  ["in use", [], 300],
  ["retired within", ["retire"], 300],
  ["beside long runs of others and its own", ["hold", "release"], 300],
  ["beside long runs, and retired within", ["hold", "release", "retire"], 300],
])("a pool keeps its promises whatever happens: %s", async (_when, extra, numRuns) => {
  await fc.assert(
    fc.asyncProperty(limits, steps(extra), async (given, list) => {
      const model = new PoolModel(given);
      await model.sync();
      model.checkAtRest();
      for (const { kind, choice } of list) {
        await model[kind](choice);
        model.checkAtRest();
      }
      await model.finish();
    }),
    { numRuns },
  );
});
