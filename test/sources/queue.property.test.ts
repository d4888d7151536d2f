import fc from "fast-check";
import { expect, test } from "vitest";
import { ThrottledError } from "../../src/base/errors.ts";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { MemoryQueue, queueSource, type QueueEvent } from "../../src/sources/queue.ts";
import { FunctionFailure, type RecordedCall } from "../../src/sources/recording-invoker.ts";
import { makeRig } from "./support.ts";

/** What the function does with a batch; `partial` picks the messages it reports by the bits of a number. */
type Outcome =
  | { readonly kind: "succeed" | "fail" | "throttle" | "bad-report" }
  | { readonly kind: "partial"; readonly bits: number };

type Step =
  | { readonly kind: "send"; readonly count: number; readonly delayMs: number }
  | { readonly kind: "advance"; readonly ms: number };

const outcome: fc.Arbitrary<{ outcome: Outcome; durationMs: number }> = fc.record({
  outcome: fc.oneof(
    fc.record({ kind: fc.constantFrom("succeed", "fail", "throttle", "bad-report") }),
    fc.record({ kind: fc.constant("partial"), bits: fc.nat(31) }),
  ),
  durationMs: fc.constantFrom(0, 0, 300, 999, 1_000, 2_500),
});

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("send" as const),
      count: fc.integer({ min: 1, max: 7 }),
      delayMs: fc.constantFrom(0, 0, 0, 700, 5_000),
    }),
    fc.record({ kind: fc.constant("advance" as const), ms: fc.constantFrom(0, 1, 500, 1_000, 3_000) }),
  ),
  { maxLength: 25 },
);

const settings = fc.record({
  batchSize: fc.integer({ min: 1, max: 5 }),
  batchWindowMs: fc.constantFrom(0, 0, 400),
  maxConcurrency: fc.integer({ min: 1, max: 3 }),
  maxReceiveCount: fc.integer({ min: 1, max: 4 }),
});

const VISIBILITY_MS = 1_000;

/** What must be true of one message, told by its deliveries alone. */
interface Model {
  /** Before when it must not be delivered. */
  invisibleUntilMs: number;
  receives: number;
  processed: boolean;
}

test("no message is lost, delivered too early or too often, or deleted without having been processed or given up", async () => {
  await fc.assert(
    fc.asyncProperty(settings, steps, fc.array(outcome, { minLength: 1, maxLength: 30 }), check),
    { numRuns: 300 },
  );
});

async function check(
  options: { batchSize: number; batchWindowMs: number; maxConcurrency: number; maxReceiveCount: number },
  script: readonly Step[],
  outcomes: readonly { outcome: Outcome; durationMs: number }[],
): Promise<void> {
  const clock = new FakeClock();
  const rig = makeRig(clock);
  const queue = new MemoryQueue({ clock });
  const deadLetter = new MemoryQueue({ name: "dead", clock });
  const model = new Map<string, Model>();
  const dead = new Set<string>();
  let running = 0;

  const bury = (): void => {
    for (const { messageId, receiptHandle } of deadLetter.receive(10, 1)) {
      const message = model.get(messageId)!;
      expect(message.processed || dead.has(messageId)).toBe(false);
      expect(message.receives).toBe(options.maxReceiveCount);
      expect(clock.now()).toBeGreaterThanOrEqual(message.invisibleUntilMs);
      dead.add(messageId);
      deadLetter.delete(receiptHandle);
    }
  };
  deadLetter.subscribe(bury, clock);

  const deliver = (call: RecordedCall): string[] => {
    const { Records } = call.payload as QueueEvent;
    expect(Records.length).toBeGreaterThan(0);
    expect(Records.length).toBeLessThanOrEqual(options.batchSize);
    for (const { messageId, attributes } of Records) {
      const message = model.get(messageId)!;
      expect(clock.now()).toBeGreaterThanOrEqual(message.invisibleUntilMs);
      message.receives++;
      message.invisibleUntilMs = clock.now() + VISIBILITY_MS;
      expect(Number(attributes.ApproximateReceiveCount)).toBe(message.receives);
      expect(message.receives).toBeLessThanOrEqual(options.maxReceiveCount);
      expect(message.processed).toBe(false);
    }
    return Records.map((record) => record.messageId);
  };

  /** Marks as processed what this very receive of a message may delete. */
  const finish = (ids: readonly string[], receives: ReadonlyMap<string, number>): void => {
    for (const id of ids) {
      const message = model.get(id)!;
      if (message.receives === receives.get(id) && !dead.has(id)) message.processed = true;
    }
  };

  rig.invoker.behaviour = async (call) => {
    const { outcome: next, durationMs } = outcomes[(rig.invoker.calls.length - 1) % outcomes.length]!;
    const ids = deliver(call);
    const receives = new Map(ids.map((id) => [id, model.get(id)!.receives]));
    running++;
    expect(running).toBeLessThanOrEqual(options.maxConcurrency);
    if (durationMs > 0) await new Promise<void>((resolve) => clock.setTimer(resolve, durationMs));
    running--;
    switch (next.kind) {
      case "succeed":
        finish(ids, receives);
        return null;
      case "fail":
        throw new FunctionFailure("Error");
      case "throttle":
        throw new ThrottledError("x", "AccountConcurrency", "maxConcurrency", 1);
      case "bad-report":
        return { batchItemFailures: [{ itemIdentifier: "nobody" }] };
      case "partial": {
        const failed = ids.filter((_id, index) => (next.bits >> index) & 1);
        finish(
          ids.filter((id) => !failed.includes(id)),
          receives,
        );
        return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
      }
    }
  };

  const audit = (): void => {
    const { visible, delayed, inFlight } = queue.stats;
    const processed = [...model.values()].filter((message) => message.processed).length;
    // Every message is in exactly one place.
    expect(visible + delayed + inFlight + processed + dead.size).toBe(model.size);
  };

  const source = queueSource({
    ...options,
    queue,
    deadLetter,
    function: "fn",
    visibilityTimeoutMs: VISIBILITY_MS,
  });
  await source.start(rig.context);
  for (const step of script) {
    if (step.kind === "advance") {
      await clock.advance(step.ms);
    } else {
      for (let i = 0; i < step.count; i++) {
        const id = queue.send("x", { delayMs: step.delayMs });
        model.set(id, { invisibleUntilMs: clock.now() + step.delayMs, receives: 0, processed: false });
      }
    }
    audit();
  }

  // Stopped in the middle of it all, it leaves the rest unharmed for a source that comes later.
  const stopping = source.stop();
  await clock.advance(5_000);
  await stopping;
  audit();
  const heir = queueSource({
    ...options,
    queue,
    deadLetter,
    function: "fn",
    visibilityTimeoutMs: VISIBILITY_MS,
  });
  await heir.start(rig.context);
  await clock.advance(3_600_000);
  await heir.stop();
  audit();
  expect(queue.stats).toEqual({ visible: 0, delayed: 0, inFlight: 0 });

  for (const [id, message] of model) expect(dead.has(id)).toBe(!message.processed);
}
