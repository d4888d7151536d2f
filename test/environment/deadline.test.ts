import { describe, expect, it } from "vitest";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import { flush } from "../sandbox/fake-cell.ts";
import { endOf, give, ID, setUpReady } from "./support.ts";

describe("the deadline", () => {
  it("ends an invocation that has started, and its environment", async () => {
    const { environment, owner, cell, clock, deadlines } = setUpReady();
    const invocation = give(environment, { timeoutMs: 500 });
    cell.start(1);
    await clock.advance(499);
    expect(await endOf(invocation)).toBeUndefined();
    await clock.advance(20);
    expect(cell.sent.at(-1)).toEqual([ToCell.Expire, ID]);
    expect(await endOf(invocation)).toBeUndefined();
    await clock.advance(120);
    expect(await endOf(invocation)).toMatchObject({
      outcome: "timeout",
      durationMs: 500,
      error: {
        errorType: "Sandbox.Timedout",
        errorMessage: "RequestId: req-1 Error: Task timed out after 0.50 seconds",
      },
    });
    expect(owner.gone).toHaveBeenCalledExactlyOnceWith(environment, "timeout", []);
    expect(environment.state).toBe("disposed");
    await flush();
    expect(cell.environments).toEqual([]);
    expect(deadlines.size).toBe(0);
  });

  it("is told to the cell first, whose answer counts", async () => {
    const { environment, owner, cell, clock } = setUpReady();
    const invocation = give(environment, { timeoutMs: 500 });
    cell.start(1);
    await clock.advance(520);
    cell.say([ToHost.Done, ID, 1, 2, "", 501, 7, 0, true, ""], [ToHost.Ended, ID, "timeout", ""]);
    expect(await endOf(invocation)).toMatchObject({ outcome: "timeout", durationMs: 501, cpuMs: 7 });
    expect(owner.gone).toHaveBeenCalledExactlyOnceWith(environment, "timeout", []);
  });

  it("doesn't count while the invocation has not started", async () => {
    const { environment, owner, cell, clock } = setUpReady();
    const invocation = give(environment, { timeoutMs: 500 });
    await clock.advance(60_000);
    expect(await endOf(invocation)).toBeUndefined();
    expect(owner.gone).not.toHaveBeenCalled();
    cell.start(1);
    cell.done(ID, 1);
    expect(await endOf(invocation)).toMatchObject({ outcome: "succeeded" });
  });

  it("counts from the invocation's own start, however long it waited in its cell", async () => {
    const { environment, owner, cell, clock } = setUpReady();
    const invocation = give(environment, { timeoutMs: 500 });
    await clock.advance(490);
    cell.start(1);
    await clock.advance(490);
    expect(await endOf(invocation)).toBeUndefined();
    expect(cell.all(ToCell.Expire)).toEqual([]);
    await clock.advance(1_000);
    expect(await endOf(invocation)).toMatchObject({ outcome: "timeout", durationMs: 500 });
    expect(owner.gone).toHaveBeenCalledTimes(1);
  });

  it("leaves it to the cell to say how it ended, which may know better", async () => {
    const { environment, owner, cell, clock } = setUpReady();
    const invocation = give(environment, { timeoutMs: 500 });
    cell.start(1);
    await clock.advance(510);
    await flush();
    expect(cell.all(ToCell.Expire)).toEqual([[ToCell.Expire, ID]]);
    cell.say([ToHost.Done, ID, 1, 2, "", 500.5, 3, 0, true, ""], [ToHost.Ended, ID, "timeout", ""]);
    expect(await endOf(invocation)).toMatchObject({ outcome: "timeout", durationMs: 500.5, cpuMs: 3 });
    expect(owner.gone).toHaveBeenCalledExactlyOnceWith(environment, "timeout", []);
  });

  it("doesn't count for one that is done, whose answer is on the way", async () => {
    const { environment, cell, clock } = setUpReady();
    const invocation = give(environment, { timeoutMs: 500 });
    cell.finish(1);
    await clock.advance(10_000);
    await flush();
    expect(cell.all(ToCell.Expire)).toEqual([]);
    cell.done(ID, 1);
    expect(await endOf(invocation)).toMatchObject({ outcome: "succeeded" });
  });

  it("is the caller's when that comes first", async () => {
    const { environment, cell, clock } = setUpReady();
    const deadlineAtMs = clock.monotonicMs() + 100;
    const invocation = give(environment, { timeoutMs: 5_000, deadlineAtMs });
    await flush();
    expect(cell.invocations[0]?.[4]).toBe(100);
    cell.start(1);
    await clock.advance(230);
    expect(await endOf(invocation)).toMatchObject({ outcome: "timeout", durationMs: 100 });
  });

  it("that has passed already leaves a moment", async () => {
    const { environment, cell, clock } = setUpReady();
    give(environment, { deadlineAtMs: clock.monotonicMs() - 50 });
    await flush();
    expect(cell.invocations[0]?.[4]).toBe(1);
  });

  it("of one takes those that had started beside it, and hands back those that had not", async () => {
    const { environment, owner, cell, clock } = setUpReady({ concurrency: 3 });
    const slow = give(environment, { timeoutMs: 100 });
    const beside = give(environment, { timeoutMs: 5_000 });
    const unstarted = give(environment, { timeoutMs: 5_000 });
    cell.start(1);
    cell.start(2);
    await clock.advance(250);
    expect(await endOf(slow)).toMatchObject({ outcome: "timeout" });
    expect(await endOf(beside)).toMatchObject({ outcome: "lost", error: { errorType: "Sandbox.CellLost" } });
    expect(await endOf(unstarted)).toBeUndefined();
    expect(owner.gone).toHaveBeenCalledExactlyOnceWith(environment, "timeout", [unstarted]);
    expect(unstarted.stop).toBeUndefined();
  });
});
