import { describe, expect, it } from "vitest";
import type { Completion } from "../../src/invocation/invocation.ts";
import { makeInvocation } from "./support.ts";

const done: Completion = { outcome: "succeeded", text: "1", durationMs: 2, cpuMs: 1 };

describe("Invocation", () => {
  it("goes its way and is completed once", async () => {
    const invocation = makeInvocation();
    expect(invocation.state).toBe("accepted");
    invocation.move("queued");
    invocation.move("dispatched");
    invocation.stop = () => undefined;
    expect(invocation.complete(done)).toBe(true);
    expect(invocation.state).toBe("completed");
    expect(invocation.stop).toBeUndefined();
    expect(invocation.complete({ ...done, outcome: "failed" })).toBe(false);
    await expect(invocation.completion).resolves.toBe(done);
  });

  it("can be completed wherever it is", () => {
    for (const path of [
      [],
      ["queued"],
      ["dispatched"],
      ["dispatched", "started"],
      ["dispatched", "queued"],
    ] as const) {
      const invocation = makeInvocation();
      for (const state of path) invocation.move(state);
      expect(invocation.complete(done)).toBe(true);
    }
  });

  it("refuses a way nobody foresaw", () => {
    const invocation = makeInvocation();
    expect(() => invocation.move("started")).toThrow("accepted can't become started");
    invocation.complete(done);
    expect(() => invocation.move("queued")).toThrow("completed can't become queued");
  });
});
