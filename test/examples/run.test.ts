import type { Engine } from "isolet";
import { describe, expect, it } from "vitest";
import { runCalls } from "../../examples/run.ts";
import { type Call, type Exercise, exercises, mixedCalls } from "../../examples/workload.ts";

const exercise: Exercise = {
  name: "f",
  settings: { code: { source: "" } },
  samples: [],
  tally: () => ({ answer: 1 }),
};
const call = (event: unknown, expectedError?: string): Call => ({
  exercise,
  sample: expectedError === undefined ? { event } : { event, expectedError },
});

/** Answers as the event says. */
function engineOf(answer: (event: unknown) => unknown): Pick<Engine, "invoke"> {
  const invoke = async (_name: string, event: unknown): Promise<unknown> => answer(event);
  return { invoke } as unknown as Pick<Engine, "invoke">;
}

const engine = engineOf((event) => {
  if (event === "reject") throw new Error("no room");
  if (event === "fail") return { status: "failed", error: { errorType: "TypeError", errorMessage: "oops" } };
  return { status: "succeeded", payload: event };
});

describe("runCalls", () => {
  it("counts answers, and takes expected failures for what they are", async () => {
    const ended: string[] = [];
    const outcome = await runCalls(engine, [call(1), call("fail", "TypeError"), call(2)], 2, (name) => {
      ended.push(name);
    });
    expect(outcome.surprises).toEqual([]);
    expect(outcome.answers.get("f")?.get("answer")).toBe(2);
    expect(ended).toEqual(["f", "f", "f"]);
  });

  it.each([
    ["an unexpected failure", call("fail"), "f: TypeError: oops (expected success)"],
    ["another failure than expected", call("fail", "RangeError"), "f: TypeError: oops (expected RangeError)"],
    ["a success that should have failed", call(1, "RangeError"), "f: succeeded (expected RangeError)"],
    ["a rejection", call("reject", "Error"), "f: rejected with Error: no room"],
  ])("is surprised by %s", async (_what, surprising, surprise) => {
    const { surprises } = await runCalls(engine, [call(1), surprising], 1, () => {});
    expect(surprises).toEqual([surprise]);
  });

  it("keeps as many calls under way as there are callers", async () => {
    let running = 0;
    let most = 0;
    const slow = engineOf(async () => {
      most = Math.max(most, (running += 1));
      await new Promise(setImmediate);
      running -= 1;
      return { status: "succeeded", payload: null };
    });
    await runCalls(
      slow,
      Array.from({ length: 50 }, () => call(1)),
      8,
      () => {},
    );
    expect(most).toBe(8);
  });
});

describe("the workload", () => {
  const calls = mixedCalls();

  it("has several hundred calls of at least four functions", () => {
    expect(exercises.length).toBeGreaterThanOrEqual(4);
    expect(calls.length).toBeGreaterThan(500);
    expect(new Set(exercises.map(({ name }) => name)).size).toBe(exercises.length);
  });

  it("mixes the functions, each event sent once, in the same order on every run", () => {
    expect(new Set(calls.map(({ sample }) => sample)).size).toBe(calls.length);
    expect(new Set(calls.slice(0, 100).map((made) => made.exercise.name)).size).toBe(exercises.length);
    expect(mixedCalls().map(({ sample }) => sample)).toEqual(calls.map(({ sample }) => sample));
  });
});
