import { describe, expect, it } from "vitest";
import { Linger } from "../../src/cell/linger.ts";

/** A linger over a list of messages; `polls` counts how often it looked in vain. */
function setUp(messages: number[]) {
  const taken: number[] = [];
  const seen = { polls: 0 };
  const linger = new Linger<number>(
    () => {
      const next = messages.shift();
      if (next === undefined) seen.polls++;
      return next;
    },
    (message) => taken.push(message),
  );
  return { linger, taken, seen, messages };
}

describe("lingering for the next message", () => {
  it("takes what is there, in order", () => {
    const { linger, taken } = setUp([1, 2, 3]);
    linger.wait();
    expect(taken).toEqual([1, 2, 3]);
  });

  it("takes what comes while a message is handled", () => {
    const taken: string[] = [];
    const queue = ["first"];
    const linger = new Linger<string>(
      () => queue.shift(),
      (message) => {
        taken.push(message);
        if (message === "first") queue.push("second");
      },
    );
    linger.wait();
    expect(taken).toEqual(["first", "second"]);
  });

  it("leaves the loop its turn when messages never end", () => {
    const endless = Array.from({ length: 1_000 }, (_, index) => index);
    const { linger, taken, messages } = setUp(endless);
    linger.wait();
    expect(taken).toHaveLength(32);
    expect(messages).toHaveLength(968);
  });

  it("stops looking for a while when it does not pay, then tries again", () => {
    const { linger, seen, messages, taken } = setUp([]);
    for (let turn = 0; turn < 4; turn++) linger.wait();
    const before = seen.polls;
    expect(before).toBeGreaterThanOrEqual(4);
    messages.push(7);
    for (let turn = 0; turn < 64; turn++) linger.wait();
    expect(seen.polls).toBe(before);
    expect(taken).toEqual([]);
    linger.wait();
    expect(taken).toEqual([7]);
  });
});
