import { describe, expect, it } from "vitest";
import { TooDeepError } from "../../src/invocation/chunked-reader.ts";
import { ResultReader } from "../../src/invocation/result-reader.ts";

const MANY = 60_000;
/** Takes many times as long as reading may hold the loop, on any machine. */
const SLOW = `[${Array.from({ length: MANY }, (_, i) => `{"k${i}":1}`).join(",")}]`;
const QUICK = `["${"x".repeat(100_000)}"]`;

/** Counts the turns that others get until `done` is settled. */
async function turnsDuring(done: Promise<unknown>): Promise<{ immediates: number; timers: number }> {
  const turns = { immediates: 0, timers: 0 };
  let isDone = false;
  const onImmediate = (): void => {
    turns.immediates++;
    if (!isDone) setImmediate(onImmediate);
  };
  const onTimer = (): void => {
    turns.timers++;
    if (!isDone) setTimeout(onTimer, 0);
  };
  setImmediate(onImmediate);
  setTimeout(onTimer, 0);
  await done.finally(() => (isDone = true));
  return turns;
}

describe("a reader of results", () => {
  it("lets others have their turns while it reads", async () => {
    const reading = new ResultReader().read(SLOW);
    const { immediates, timers } = await turnsDuring(reading);
    expect(immediates).toBeGreaterThan(5);
    expect(timers).toBeGreaterThan(2);
    expect(await reading).toHaveLength(MANY);
  });

  it("reads a quick text while slow ones take their turns", async () => {
    const reader = new ResultReader();
    const order: string[] = [];
    const slow = [reader.read(SLOW), reader.read(SLOW)].map((read) => read.then(() => order.push("slow")));
    const quick = reader.read(QUICK).then((value) => {
      order.push("quick");
      return value;
    });
    expect(await quick).toEqual(JSON.parse(QUICK));
    await Promise.all(slow);
    expect(order).toEqual(["quick", "slow", "slow"]);
  });

  it("rejects what isn't JSON and what is too deep, and goes on with the others", async () => {
    const reader = new ResultReader();
    const reads = [reader.read("[1,"), reader.read("[".repeat(100_000)), reader.read("[1]"), reader.read("")];
    const [cut, deep, right, empty] = await Promise.allSettled(reads);
    expect(cut).toMatchObject({ reason: expect.any(SyntaxError) as unknown });
    expect(deep).toMatchObject({ reason: expect.any(TooDeepError) as unknown });
    expect(right).toMatchObject({ value: [1] });
    expect(empty).toMatchObject({ reason: expect.any(SyntaxError) as unknown });
  });

  it("is idle when everything has been read, and only then", async () => {
    const reader = new ResultReader();
    await reader.idle();
    let isRead = false;
    const reading = reader.read(SLOW).then(() => (isRead = true));
    await reader.idle();
    expect(isRead).toBe(true);
    await reading;
  });

  it("rejects what it still reads when it is ended, and is idle then", async () => {
    const reader = new ResultReader();
    const reads = [reader.read(SLOW), reader.read(QUICK)];
    const idle = reader.idle();
    reader.end(new Error("over"));
    for (const read of reads) await expect(read).rejects.toThrow("over");
    await idle;
  });
});
