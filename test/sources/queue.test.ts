import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SQSEvent } from "aws-lambda";
import { FunctionNotFoundError, SourceError, ThrottledError } from "../../src/base/errors.ts";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { eventSourceConformance } from "../../src/sources/conformance.ts";
import {
  MemoryQueue,
  queueSource,
  type QueueEvent,
  type QueueSourceOptions,
} from "../../src/sources/queue.ts";
import { FunctionFailure, type RecordedCall } from "../../src/sources/recording-invoker.ts";
import { corpus, makeRig, started, type Rig } from "./support.ts";

const records = (call: RecordedCall | undefined) => (call?.payload as QueueEvent).Records;
const bodies = (rig: Rig) => rig.invoker.calls.map((call) => records(call).map((record) => record.body));

function setUp(options: Partial<QueueSourceOptions> = {}) {
  const queue = options.queue ?? new MemoryQueue({ name: "jobs" });
  const source = queueSource({ function: "worker", ...options, queue });
  return { queue, source };
}

/** Lets what is due now happen. */
const now = (rig: Rig) => rig.clock.advance(0);

describe("the event", () => {
  test("has SQS's form", async () => {
    const { queue, source } = setUp();
    const rig = await started(source);
    const id = queue.send("Hello", {
      attributes: {
        text: "a",
        count: 3,
        bytes: Uint8Array.of(1, 2),
        custom: { dataType: "Number.int", stringValue: "4" },
      },
      groupId: "g1",
    });
    await now(rig);
    await source.stop();
    const sentAt = String(Date.UTC(2026, 0, 1));
    expect(rig.invoker.calls[0]?.name).toBe("worker");
    const event: SQSEvent = rig.invoker.calls[0]?.payload as QueueEvent;
    expect(event).toEqual({
      Records: [
        {
          messageId: id,
          receiptHandle: expect.any(String),
          body: "Hello",
          attributes: {
            ApproximateReceiveCount: "1",
            SentTimestamp: sentAt,
            SenderId: "123456789012",
            ApproximateFirstReceiveTimestamp: sentAt,
            MessageGroupId: "g1",
          },
          messageAttributes: {
            text: { dataType: "String", stringValue: "a" },
            count: { dataType: "Number", stringValue: "3" },
            bytes: { dataType: "Binary", binaryValue: "AQI=" },
            custom: { dataType: "Number.int", stringValue: "4" },
          },
          md5OfBody: createHash("md5").update("Hello").digest("hex"),
          eventSource: "aws:sqs",
          eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:jobs",
          awsRegion: "us-east-1",
        },
      ],
    });
  });

  const path = corpus("events/sam/sqs/Sqs.json");
  test.skipIf(!path)("has the keys of SAM's sample", async () => {
    const sample = (JSON.parse(readFileSync(path ?? "", "utf8")) as SQSEvent).Records[0]!;
    const { queue, source } = setUp();
    const rig = await started(source);
    queue.send("x");
    await now(rig);
    await source.stop();
    const [record] = records(rig.invoker.calls[0]);
    expect(Object.keys(record!)).toEqual(Object.keys(sample));
    expect(Object.keys(record!.attributes)).toEqual(Object.keys(sample.attributes));
  });
});

describe("batches", () => {
  test("go out at once without a window, up to batchSize", async () => {
    const { queue, source } = setUp({ batchSize: 2 });
    const rig = await started(source);
    for (const body of ["a", "b", "c"]) queue.send(body);
    expect(rig.invoker.calls).toHaveLength(0);
    await now(rig);
    expect(bodies(rig)).toEqual([["a", "b"], ["c"]]);
    expect(queue.stats).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
    await source.stop();
  });

  test("wait for the window, and not when they are full", async () => {
    const { queue, source } = setUp({ batchSize: 3, batchWindowMs: 1_000 });
    const rig = await started(source);
    queue.send("a");
    await rig.clock.advance(600);
    queue.send("b");
    await rig.clock.advance(399);
    expect(rig.invoker.calls).toHaveLength(0);
    await rig.clock.advance(1);
    expect(bodies(rig)).toEqual([["a", "b"]]);
    for (const body of ["c", "d", "e", "f"]) queue.send(body);
    await now(rig);
    expect(bodies(rig)).toEqual([
      ["a", "b"],
      ["c", "d", "e"],
    ]);
    await rig.clock.advance(1_000);
    expect(bodies(rig).at(-1)).toEqual(["f"]);
    await source.stop();
  });

  test("begin a window of their own after a full one", async () => {
    const { queue, source } = setUp({ batchSize: 2, batchWindowMs: 1_000 });
    const rig = await started(source);
    queue.send("a");
    await rig.clock.advance(900);
    queue.send("b");
    queue.send("c");
    await rig.clock.advance(999);
    expect(bodies(rig)).toEqual([["a", "b"]]);
    await rig.clock.advance(1);
    expect(bodies(rig)).toEqual([["a", "b"], ["c"]]);
    await source.stop();
  });

  test("don't grow over Lambda's payload limit", async () => {
    const { queue, source } = setUp();
    const rig = await started(source);
    for (let i = 0; i < 10; i++) queue.send("x".repeat(1_048_576));
    await now(rig);
    expect(bodies(rig).map((batch) => batch.length)).toEqual([5, 5]);
    for (const call of rig.invoker.calls) expect(JSON.stringify(call.payload).length).toBeLessThan(6_000_000);
    await source.stop();
  });

  test("are at most maxConcurrency at once", async () => {
    const { queue, source } = setUp({ batchSize: 1, maxConcurrency: 2 });
    const rig = await started(source);
    const gates = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    rig.invoker.behaviour = () => gates[rig.invoker.calls.length - 1]?.promise ?? null;
    for (const body of ["a", "b", "c"]) queue.send(body);
    await now(rig);
    expect(rig.invoker.calls).toHaveLength(2);
    expect(queue.stats).toEqual({ visible: 1, delayed: 0, inFlight: 2 });
    gates[1]?.resolve(null);
    await now(rig);
    expect(bodies(rig)).toEqual([["a"], ["b"], ["c"]]);
    gates[0]?.resolve(null);
    await source.stop();
    expect(queue.stats).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
  });

  test("hold messages sent before the source came, delays included", async () => {
    const { queue, source } = setUp();
    queue.send("early");
    queue.send("delayed", { delayMs: 900_000 });
    const rig = await started(source, makeRig(new FakeClock(0)));
    await now(rig);
    expect(bodies(rig)).toEqual([["early"]]);
    expect(queue.stats).toEqual({ visible: 0, delayed: 1, inFlight: 0 });
    await rig.clock.advance(900_001);
    expect(bodies(rig)).toEqual([["early"], ["delayed"]]);
    await source.stop();
  });

  test("are shared by the sources of a queue", async () => {
    const queue = new MemoryQueue();
    const rig = makeRig();
    const sources = ["one", "two"].map((name) =>
      queueSource({ queue, function: name, batchSize: 1, maxConcurrency: 1 }),
    );
    for (const source of sources) await source.start(rig.context);
    for (const body of ["a", "b"]) queue.send(body);
    await now(rig);
    expect(rig.invoker.calls.map((call) => call.name).toSorted()).toEqual(["one", "two"]);
    expect(bodies(rig).flat().toSorted()).toEqual(["a", "b"]);
    await Promise.all(sources.map((source) => source.stop()));
  });
});

describe("redelivery", () => {
  test("comes after the visibility timeout, counting from the receive", async () => {
    const { queue, source } = setUp({ visibilityTimeoutMs: 10_000 });
    const rig = await started(source);
    const gate = Promise.withResolvers<never>();
    rig.invoker.behaviour = () => gate.promise;
    queue.send("a");
    await rig.clock.advance(4_000);
    gate.reject(new FunctionFailure("Error", "no"));
    await rig.clock.advance(5_999);
    expect(rig.invoker.calls).toHaveLength(1);
    expect(queue.stats.inFlight).toBe(1);
    rig.invoker.behaviour = () => null;
    await rig.clock.advance(1);
    expect(rig.invoker.calls).toHaveLength(2);
    const [record] = records(rig.invoker.calls[1]);
    expect(record?.attributes).toMatchObject({
      ApproximateReceiveCount: "2",
      ApproximateFirstReceiveTimestamp: String(Date.UTC(2026, 0, 1)),
    });
    expect(queue.stats).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
    expect(rig.logger.errors).toEqual([]);
    expect(rig.logger.notes).toEqual([expect.stringContaining("Error on a batch of 1")]);
    await source.stop();
  });

  test("is only of the messages in batchItemFailures", async () => {
    const { queue, source } = setUp();
    const rig = await started(source);
    rig.invoker.behaviour = (call) => ({
      batchItemFailures: records(call)
        .filter((record) => record.body === "b")
        .map((record) => ({ itemIdentifier: record.messageId })),
    });
    for (const body of ["a", "b", "c"]) queue.send(body);
    await now(rig);
    expect(queue.stats).toEqual({ visible: 0, delayed: 0, inFlight: 1 });
    await rig.clock.advance(30_000);
    expect(bodies(rig)).toEqual([["a", "b", "c"], ["b"]]);
    await source.stop();
  });

  test.each([
    ["an unknown identifier", { batchItemFailures: [{ itemIdentifier: "nobody" }] }],
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["a null identifier", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["another key", { batchItemFailures: [{ messageId: "x" }] }],
    ["no list", { batchItemFailures: "all" }],
    ["no objects", { batchItemFailures: [null] }],
  ])("is of the whole batch for a report with %s", async (_name, response) => {
    const { queue, source } = setUp();
    const rig = await started(source);
    rig.invoker.behaviour = () => response;
    queue.send("a");
    queue.send("b");
    await now(rig);
    expect(queue.stats.inFlight).toBe(2);
    expect(rig.logger.errors).toEqual([expect.stringContaining("whole batch of 2")]);
    await source.stop();
  });

  test.each([[null], [{}], [{ batchItemFailures: [] }], [{ batchItemFailures: null }], ["done"], [7]])(
    "is of none for the response %j",
    async (response) => {
      const { queue, source } = setUp();
      const rig = await started(source);
      rig.invoker.behaviour = () => response;
      queue.send("a");
      await now(rig);
      expect(queue.stats.inFlight).toBe(0);
      await source.stop();
    },
  );

  test("ignores reports when told to", async () => {
    const { queue, source } = setUp({ reportBatchItemFailures: false });
    const rig = await started(source);
    rig.invoker.behaviour = () => ({ batchItemFailures: [{ itemIdentifier: "nobody" }] });
    queue.send("a");
    await now(rig);
    expect(queue.stats.inFlight).toBe(0);
    await source.stop();
  });

  test("happens while a slow invocation still runs, whose success then deletes nothing", async () => {
    const { queue, source } = setUp({ visibilityTimeoutMs: 1_000, batchSize: 1 });
    const rig = await started(source);
    const gates = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    rig.invoker.behaviour = () => gates[rig.invoker.calls.length - 1]?.promise ?? null;
    queue.send("a");
    await rig.clock.advance(1_000);
    expect(rig.invoker.calls).toHaveLength(2);
    gates[0]?.resolve(null);
    await now(rig);
    expect(queue.stats.inFlight).toBe(1);
    gates[1]?.reject(new FunctionFailure("Error"));
    await rig.clock.advance(1_000);
    expect(records(rig.invoker.calls[2])[0]?.attributes.ApproximateReceiveCount).toBe("3");
    expect(queue.stats.inFlight).toBe(0);
    await source.stop();
  });

  test("counts the receive of a throttled invocation, and pauses before the next", async () => {
    const { queue, source } = setUp({ batchSize: 1, maxConcurrency: 1, visibilityTimeoutMs: 60_000 });
    const rig = await started(source);
    rig.invoker.behaviour = () => {
      throw new ThrottledError("no room", "ReservedConcurrency", "reservedConcurrency", 1);
    };
    for (let i = 0; i < 100; i++) queue.send(`m${i}`);
    await rig.clock.advance(99);
    expect(rig.invoker.calls).toHaveLength(1);
    await rig.clock.advance(1);
    expect(rig.invoker.calls).toHaveLength(2);
    // 100, 200, 400, … 12 800, 20 000 ms: a minute of throttling takes but a few receives of a hundred messages.
    await rig.clock.advance(59_000);
    expect(rig.invoker.calls).toHaveLength(10);
    rig.invoker.behaviour = () => null;
    await rig.clock.advance(120_000);
    expect(queue.stats).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
    const again = rig.invoker.calls.flatMap((call) => records(call)).filter((record) => record.body === "m0");
    expect(again.map((record) => record.attributes.ApproximateReceiveCount)).toEqual(["1", "2"]);
    await source.stop();
  });
});

test("a source's pause after a refusal begins anew after a success, and only unexpected refusals are errors", async () => {
  const { queue, source } = setUp({ batchSize: 1, maxConcurrency: 1, visibilityTimeoutMs: 3_600_000 });
  const rig = await started(source);
  const throttled = new ThrottledError("no room", "ReservedConcurrency", "reservedConcurrency", 1);
  const faults = [throttled, throttled, throttled, undefined, new FunctionNotFoundError("nobody")];
  rig.invoker.behaviour = () => {
    const fault = faults[rig.invoker.calls.length - 1];
    if (fault) throw fault;
  };
  for (let i = 0; i < 6; i++) queue.send(`m${i}`);
  await rig.clock.advance(100 + 200 + 400);
  expect(rig.invoker.calls).toHaveLength(5);
  await rig.clock.advance(100);
  expect(rig.invoker.calls).toHaveLength(6);
  expect(rig.logger.errors).toEqual([expect.stringContaining("nobody")]);
  expect(rig.logger.notes).toHaveLength(3);
  await source.stop();
});

describe("dead letters", () => {
  test("are messages received maxReceiveCount times, with all they had", async () => {
    const deadLetter = new MemoryQueue({ name: "dead" });
    const { queue, source } = setUp({ maxReceiveCount: 3, deadLetter });
    const rig = await started(source);
    rig.invoker.behaviour = () => {
      throw new FunctionFailure("Error");
    };
    const id = queue.send("poison", { attributes: { kind: "x" }, groupId: "g" });
    await rig.clock.advance(60_000);
    expect(rig.invoker.calls).toHaveLength(3);
    expect(deadLetter.stats.visible).toBe(0);
    await rig.clock.advance(600_000);
    expect(rig.invoker.calls).toHaveLength(3);
    expect(queue.stats).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
    const [message, ...rest] = deadLetter.receive(10, 1_000);
    expect(rest).toEqual([]);
    expect(message).toMatchObject({
      messageId: id,
      body: "poison",
      attributes: { kind: { dataType: "String", stringValue: "x" } },
      groupId: "g",
      sentAtMs: Date.UTC(2026, 0, 1),
      receiveCount: 1,
      deadLetterSourceArn: queue.arn,
    });
    await source.stop();
  });

  test("feed a source of their own, which sees where they come from", async () => {
    const deadLetter = new MemoryQueue({ name: "dead" });
    const { queue, source } = setUp({ maxReceiveCount: 1, deadLetter });
    const rig = makeRig();
    const second = queueSource({ queue: deadLetter, function: "undertaker" });
    await source.start(rig.context);
    await second.start(rig.context);
    rig.invoker.behaviour = (call) => {
      if (call.name === "worker") throw new FunctionFailure("Error");
      return null;
    };
    queue.send("poison");
    await rig.clock.advance(30_000);
    expect(rig.invoker.calls.map((call) => call.name)).toEqual(["worker", "undertaker"]);
    expect(records(rig.invoker.calls[1])[0]?.attributes.DeadLetterQueueSourceArn).toBe(queue.arn);
    await Promise.all([source.stop(), second.stop()]);
  });

  test("stay while the dead letter queue is full", async () => {
    const deadLetter = new MemoryQueue({ name: "dead", maxMessages: 1 });
    deadLetter.send("in the way");
    const { queue, source } = setUp({ maxReceiveCount: 1, deadLetter });
    const rig = await started(source);
    rig.invoker.behaviour = () => {
      throw new FunctionFailure("Error");
    };
    queue.send("poison");
    await rig.clock.advance(100_000);
    expect(rig.invoker.calls).toHaveLength(1);
    expect(queue.stats.inFlight).toBe(1);
    expect(rig.logger.errors.at(-1)).toContain("maxMessages");
    deadLetter.purge();
    await rig.clock.advance(30_000);
    expect(deadLetter.stats.visible).toBe(1);
    expect(queue.stats.inFlight).toBe(0);
    await source.stop();
  });
});

describe("stop", () => {
  test("leaves what was not taken, waits for what was, and deletes it", async () => {
    const { queue, source } = setUp({ batchSize: 1, maxConcurrency: 1 });
    const rig = await started(source);
    const gate = Promise.withResolvers<null>();
    rig.invoker.behaviour = () => gate.promise;
    queue.send("a");
    queue.send("b");
    await now(rig);
    const stopping = source.stop();
    gate.resolve(null);
    await stopping;
    expect(rig.clock.pendingTimers).toBe(0);
    expect(queue.stats).toEqual({ visible: 1, delayed: 0, inFlight: 0 });
    const next = queueSource({ queue, function: "worker" });
    await next.start(rig.context);
    await now(rig);
    expect(bodies(rig)).toEqual([["a"], ["b"]]);
    await next.stop();
  });

  test("of an aborted source lets its messages come back", async () => {
    const { queue, source } = setUp();
    const rig = await started(source);
    rig.invoker.behaviour = () => new Promise(() => {});
    queue.send("a");
    await now(rig);
    rig.abort.abort(new Error("closing"));
    await source.stop();
    expect(queue.stats.inFlight).toBe(1);
    await rig.clock.advance(30_000);
    expect(queue.stats.visible).toBe(1);
  });
});

describe("MemoryQueue", () => {
  test("refuses what SQS refuses", () => {
    const queue = new MemoryQueue();
    const attributes = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, i]));
    const limit = 1_048_576;
    expect(() => queue.send("")).toThrow(/at least one character/);
    expect(() => queue.send({} as string)).toThrow(/JSON\.stringify/);
    expect(() => queue.send("x", { attributes: attributes(11) })).toThrow(/at most 10/);
    expect(() => queue.send("x", { attributes: { "AWS.trace": "x" } })).toThrow(/AWS\./);
    expect(() => queue.send("x", { attributes: { "a b": "x" } })).toThrow(/attribute name/);
    expect(() => queue.send("x", { attributes: { a: NaN } })).toThrow(/finite/);
    expect(() => queue.send("x", { attributes: { a: { dataType: "Date", stringValue: "x" } } })).toThrow(
      /dataType/,
    );
    expect(() => queue.send("x", { attributes: { a: { dataType: "Binary", stringValue: "x" } } })).toThrow(
      /dataType/,
    );
    expect(() => queue.send("x", { delayMs: 900_001 })).toThrow(/delayMs/);
    expect(() => queue.send("x", { delayMs: -1 })).toThrow(/delayMs/);
    expect(() => queue.send("x", { groupId: "" })).toThrow(/groupId/);
    expect(() => queue.send("x".repeat(limit + 1))).toThrow(
      expect.objectContaining({
        code: "PAYLOAD_TOO_LARGE",
        message: expect.stringContaining("maxMessageBytes of 1048576"),
      }),
    );
    // Bytes, not characters; and attributes count.
    expect(() => queue.send("é".repeat(limit / 2 + 1))).toThrow(/maxMessageBytes/);
    expect(() => queue.send("x".repeat(limit - 7), { attributes: { a: "b" } })).toThrow(/1048577 bytes/);
    expect(queue.stats.visible).toBe(0);
    queue.send("x".repeat(limit - 8), { attributes: { a: "b" } });
    queue.send("x", { attributes: attributes(10), delayMs: 900_000 });
    expect(queue.stats).toEqual({ visible: 1, delayed: 1, inFlight: 0 });
  });

  test("is exactly bounded and names the bound", () => {
    const queue = new MemoryQueue({ maxMessages: 3 });
    queue.send("a");
    queue.send("b", { delayMs: 1_000 });
    queue.send("c");
    const [first] = queue.receive(1, 1_000);
    const full = expect.objectContaining({
      code: "THROTTLED",
      retryable: true,
      limit: "maxMessages",
      limitValue: 3,
      message: expect.stringContaining("maxMessages"),
    });
    expect(() => queue.send("d")).toThrow(full);
    queue.delete(first!.receiptHandle);
    queue.send("d");
    expect(() => queue.send("e")).toThrow(full);
  });

  test("gives by receipt handle what was received under it, and no more", () => {
    const clock = new FakeClock();
    const queue = new MemoryQueue({ clock });
    queue.send("a");
    const [first] = queue.receive(10, 1_000);
    expect(queue.receive(10, 1_000)).toEqual([]);
    expect(queue.changeVisibility(first!.receiptHandle, 0)).toBe(true);
    expect(queue.changeVisibility(first!.receiptHandle, 0)).toBe(true);
    const [second] = queue.receive(10, 1_000);
    expect(second?.receiveCount).toBe(2);
    expect(queue.delete(first!.receiptHandle)).toBe(false);
    expect(queue.changeVisibility(first!.receiptHandle, 0)).toBe(false);
    expect(queue.delete("nonsense")).toBe(false);
    expect(queue.moveTo(second!.receiptHandle, queue)).toBe(false);
    expect(queue.delete(second!.receiptHandle)).toBe(true);
    expect(queue.delete(second!.receiptHandle)).toBe(false);
    expect(queue.stats).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
  });

  test("deletes a message that has come back and was not received again", async () => {
    const clock = new FakeClock();
    const queue = new MemoryQueue({ clock });
    queue.send("a");
    queue.send("b");
    const [first] = queue.receive(1, 1_000);
    await clock.advance(1_000);
    expect(queue.stats.visible).toBe(2);
    expect(queue.delete(first!.receiptHandle)).toBe(true);
    expect(queue.receive(10, 1_000).map((message) => message.body)).toEqual(["b"]);
  });

  test("keeps its own clock when it was given one", async () => {
    const clock = new FakeClock();
    const { queue, source } = setUp({ queue: new MemoryQueue({ clock }) });
    queue.send("a", { delayMs: 5_000 });
    const rig = await started(source, makeRig(clock));
    await clock.advance(5_000);
    expect(bodies(rig)).toEqual([["a"]]);
    await source.stop();
  });

  test.each<[object, string]>([
    [{ name: "a b" }, "name"],
    [{ maxMessages: 0 }, "maxMessages"],
    [{ maxMessageBytes: 1.5 }, "maxMessageBytes"],
  ])("refuses the options %j", (options, field) => {
    expect(() => new MemoryQueue(options)).toThrow(SourceError);
    expect(() => new MemoryQueue(options)).toThrow(field);
  });

  test("refuses to receive wrongly", () => {
    const queue = new MemoryQueue();
    expect(() => queue.receive(0, 1)).toThrow(/max is 0/);
    expect(() => queue.receive(1, NaN)).toThrow(/visibilityTimeoutMs/);
    expect(() => queue.changeVisibility("x", -1)).toThrow(/visibilityTimeoutMs/);
  });
});

test.each<[Partial<Record<keyof QueueSourceOptions, unknown>>, string]>([
  [{ queue: {} }, "MemoryQueue"],
  [{ function: "" }, "function"],
  [{ batchSize: 0 }, "batchSize"],
  [{ batchSize: 10_001 }, "batchSize"],
  [{ batchWindowMs: 300_001 }, "batchWindowMs"],
  [{ visibilityTimeoutMs: 0 }, "visibilityTimeoutMs"],
  [{ maxConcurrency: 0 }, "maxConcurrency"],
  [{ maxReceiveCount: 3 }, "go together"],
  [{ deadLetter: new MemoryQueue() }, "go together"],
  [{ maxReceiveCount: 0, deadLetter: new MemoryQueue() }, "maxReceiveCount"],
])("queueSource refuses %j", (options, field) => {
  const make = () =>
    queueSource({ queue: new MemoryQueue(), function: "fn", ...options } as QueueSourceOptions);
  expect(make).toThrow(SourceError);
  expect(make).toThrow(field);
});

test("queueSource refuses to be its own dead letter queue", () => {
  const queue = new MemoryQueue();
  expect(() => queueSource({ queue, function: "fn", maxReceiveCount: 1, deadLetter: queue })).toThrow(
    /itself/,
  );
});

describe("conformance", () => {
  for (const options of [{}, { batchWindowMs: 1_000, batchSize: 100 }]) {
    const checks = eventSourceConformance({
      make: () => {
        const { queue, source } = setUp(options);
        const produce = (count: number): void => {
          for (let i = 0; i < count; i++) queue.send(`m${i}`);
        };
        return { source, produce };
      },
    });
    test.each(checks)(`${JSON.stringify(options)}: $name`, (check) => check.run());
  }
});
