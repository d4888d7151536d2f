import fc from "fast-check";
import { it } from "vitest";
import { Model } from "./model.ts";

const NAMES = ["a", "b", "c", "d"];

const limits = fc.record({
  accountConcurrency: fc.integer({ min: 1, max: 8 }),
  maxQueued: fc.integer({ min: 0, max: 12 }),
  maxQueuedPerFunction: fc.integer({ min: 0, max: 6 }),
  queueDeadlineMs: fc.integer({ min: 1, max: 100 }),
});

const name = fc.constantFrom(...NAMES);
const submit = fc.record({
  kind: fc.constant("submit" as const),
  name,
  priority: fc.constantFrom(0, 0, 0, -1, 1, 100),
  deadlineMs: fc.option(fc.integer({ min: 0, max: 120 }), { nil: undefined, freq: 3 }),
});
const end = fc.record({ kind: fc.constant("end" as const), choice: fc.nat(20) });
const abort = fc.record({ kind: fc.constant("abort" as const), choice: fc.nat(20) });
const advance = fc.record({ kind: fc.constant("advance" as const), ms: fc.integer({ min: 1, max: 60 }) });
const reserve = fc.record({
  kind: fc.constant("reserve" as const),
  name,
  value: fc.option(fc.nat(4), { nil: undefined }),
});
/** Lets so many microtasks pass: what follows meets the scheduler and p-queue in the middle of a hand-over. */
const tick = fc.record({ kind: fc.constant("tick" as const), count: fc.integer({ min: 1, max: 5 }) });
const rest = fc.record({ kind: fc.constant("rest" as const) });

const step = fc.oneof(
  { weight: 12, arbitrary: submit },
  { weight: 7, arbitrary: end },
  { weight: 2, arbitrary: abort },
  { weight: 2, arbitrary: advance },
  { weight: 2, arbitrary: reserve },
  { weight: 4, arbitrary: tick },
  { weight: 3, arbitrary: rest },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

async function apply(model: Model, one: Step): Promise<void> {
  switch (one.kind) {
    case "submit":
      model.submit(one.name, one.priority, one.deadlineMs);
      break;
    case "end":
      model.end(one.choice);
      break;
    case "abort":
      model.abort(one.choice);
      break;
    case "advance":
      await model.advance(one.ms);
      break;
    case "reserve":
      model.setReserved(one.name, one.value);
      break;
    case "tick":
      for (let index = 0; index < one.count; index++) await Promise.resolve();
      break;
    case "rest":
      await model.rest();
      model.checkAtRest();
      break;
  }
}

it("keeps its promises whatever comes, in whatever order", { timeout: 120_000 }, async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(limits, steps, fc.boolean(), async (given, all, closes) => {
      const model = new Model(given);
      for (const one of all) await apply(model, one);
      if (closes) model.close();
      await model.rest();
      model.checkAtRest();
      await model.finish();
    }),
    { numRuns: 4_000 },
  );
});

it("gives reserved functions their share at once, and others theirs", { timeout: 60_000 }, async () => {
  const shares = fc.tuple(fc.nat(3), fc.nat(3));
  const busy = fc.array(fc.oneof({ weight: 5, arbitrary: submit }, { weight: 3, arbitrary: end }), {
    maxLength: 80,
  });
  await fc.assert(
    fc.asyncProperty(shares, busy, async ([a, b], all) => {
      const limits = { accountConcurrency: 8, maxQueued: 1_000, maxQueuedPerFunction: 1_000 };
      const model = new Model({ ...limits, queueDeadlineMs: 1_000 });
      model.setReserved("a", a);
      model.setReserved("b", b);
      for (const one of all) {
        // From rest, a call that may start must have started when it returns; the model checks that.
        await model.rest();
        await apply(model, one);
      }
      await model.rest();
      model.checkAtRest();
      await model.finish();
    }),
    { numRuns: 300 },
  );
});
