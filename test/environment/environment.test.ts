import { describe, expect, it } from "vitest";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import type { Invocation } from "../../src/invocation/invocation.ts";
import { flush } from "../sandbox/fake-cell.ts";
import { endOf, give, ID, setUpEnvironment, setUpReady } from "./support.ts";

describe("init", () => {
  it("makes it ready, with what it took", () => {
    const { environment, owner, cell } = setUpEnvironment();
    expect(environment.state).toBe("initializing");
    expect(environment.available).toBe(false);
    expect(() => environment.reserve()).toThrow("initializing can't be reserved");
    cell.initialized(ID, 7, 2_000);
    expect(environment.state).toBe("ready");
    expect(environment.memoryBytes).toBe(2_000);
    expect(owner.initialized).toHaveBeenCalledExactlyOnceWith(environment);
  });

  it("that fails tells its owner why, once", () => {
    const { environment, owner, cell, deadlines } = setUpEnvironment();
    cell.initFailed(ID, "TypeError");
    cell.initFailed(ID, "TypeError");
    cell.exit();
    expect(environment.state).toBe("disposed");
    const errorText = '{"errorType":"TypeError","errorMessage":"init"}';
    expect(owner.initFailed).toHaveBeenCalledExactlyOnceWith(environment, {
      reason: "init-error",
      errorText,
      initMs: 5,
      cpuMs: 1,
    });
    expect(owner.gone).not.toHaveBeenCalled();
    expect(deadlines.size).toBe(0);
  });

  it("that overruns is ended by the host, not before its limit", async () => {
    const { environment, owner, cell, clock, deadlines } = setUpEnvironment();
    await clock.advance(999);
    expect(environment.state).toBe("initializing");
    await clock.advance(1_000);
    expect(environment.state).toBe("disposed");
    expect(owner.initFailed.mock.calls[0]?.[1]).toMatchObject({ reason: "timeout", initMs: 1_000 });
    await flush();
    expect(cell.environments).toEqual([]);
    cell.initialized(ID);
    expect(owner.initialized).not.toHaveBeenCalled();
    expect(deadlines.size).toBe(0);
  });

  it("that ends with the cell tells the reason", () => {
    const { owner, cell } = setUpEnvironment();
    cell.exit("exit code 9");
    const [, failure] = owner.initFailed.mock.calls[0] ?? [];
    expect(failure?.reason).toBe("cell-lost");
    expect(failure?.errorText).toContain("exit code 9");
  });

  it("that is condemned ends there", () => {
    const { environment, owner } = setUpEnvironment();
    environment.condemn("closed");
    expect(owner.initFailed.mock.calls[0]?.[1]).toMatchObject({ reason: "closed" });
    expect(environment.state).toBe("disposed");
  });
});

describe("an invocation", () => {
  it("is sent, answered, and leaves a ready environment", async () => {
    const { environment, owner, cell, clock, deadlines } = setUpReady();
    const invocation = give(environment);
    expect(environment.state).toBe("busy");
    expect(environment.available).toBe(false);
    expect(invocation).toMatchObject({
      state: "dispatched",
      dispatchedMs: clock.monotonicMs(),
      logStreamName: "stream",
    });
    cell.done(ID, 1, '"hi"', 5_000);
    expect(await endOf(invocation)).toEqual({ outcome: "succeeded", text: '"hi"', durationMs: 2, cpuMs: 1 });
    expect(invocation.peakMemoryBytes).toBe(5_000);
    expect(environment.state).toBe("ready");
    expect(owner.released).toHaveBeenCalledExactlyOnceWith(environment, 2, 1);
    expect(deadlines.size).toBe(0);
  });

  it("that is the first includes the init, the next doesn't", () => {
    const { environment, owner, cell } = setUpEnvironment();
    let first: Invocation | undefined;
    owner.initialized.mockImplementation(() => (first = give(environment)));
    cell.initialized(ID, 7, 2_000);
    cell.done(ID, 1);
    const second = give(environment);
    expect(first).toMatchObject({ coldStart: true, initMs: 7, initCpuMs: 1 });
    expect(second).toMatchObject({ coldStart: false, initMs: 0, initCpuMs: 0 });
  });

  it("that comes after an init nobody waited for doesn't include it", () => {
    const { environment } = setUpReady();
    expect(give(environment)).toMatchObject({ coldStart: false, initMs: 0 });
  });

  it("is answered once, whatever the cell says after that", async () => {
    const { environment, owner, cell } = setUpReady();
    const invocation = give(environment);
    cell.done(ID, 1, "1");
    cell.done(ID, 1, "2");
    cell.done(ID, 99, "3");
    expect(await endOf(invocation)).toMatchObject({ text: "1" });
    expect(owner.released).toHaveBeenCalledTimes(1);
    expect(environment.reserved).toBe(0);
  });

  it.each([
    [1, '{"errorType":"TypeError","errorMessage":"m"}', "failed", "TypeError"],
    [1, "not JSON", "failed", "Runtime.Unknown"],
    [2, "", "timeout", "Sandbox.Timedout"],
    [0, `"${"x".repeat(1_000)}"`, "failed", "Function.ResponseSizeTooLarge"],
  ] as const)("with outcome %d and %s is %s", async (code, text, outcome, errorType) => {
    const { environment, cell } = setUpReady();
    const invocation = give(environment);
    cell.say([ToHost.Done, ID, 1, code, text, 2, 1, 0, true, ""]);
    expect(await endOf(invocation)).toMatchObject({ outcome, text: "", error: { errorType } });
  });

  it("has its log lines told with it, and those after its end without", () => {
    const { environment, owner, cell } = setUpReady();
    const invocation = give(environment);
    cell.say([ToHost.Log, ID, 1, 2, "during", 11]);
    cell.done(ID, 1);
    cell.say([ToHost.Log, ID, 1, 2, "after", 12], [ToHost.Log, ID, 0, 3, "init", 13]);
    expect(owner.log.mock.calls).toEqual([
      [environment, invocation, 2, "during", 11],
      [environment, undefined, 2, "after", 12],
      [environment, undefined, 3, "init", 13],
    ]);
  });

  it("may run beside others up to the environment's concurrency", () => {
    const { environment, owner, cell } = setUpReady({ concurrency: 2 });
    give(environment);
    expect(environment.available).toBe(true);
    give(environment);
    expect(environment.available).toBe(false);
    expect(environment.isDeep).toBe(false);
    cell.done(ID, 1);
    expect(environment.state).toBe("busy");
    cell.done(ID, 2);
    expect(environment.state).toBe("ready");
    expect(owner.released).toHaveBeenCalledTimes(2);
  });
});

describe("an environment's end", () => {
  it("comes with an aborted invocation", async () => {
    const { environment, owner, cell, clock, deadlines } = setUpReady();
    const invocation = give(environment);
    await clock.advance(30);
    invocation.stop?.("aborted");
    expect(await endOf(invocation)).toMatchObject({ outcome: "aborted", durationMs: 30 });
    expect(owner.gone).toHaveBeenCalledExactlyOnceWith(environment, "aborted", []);
    await flush();
    expect(cell.environments).toEqual([]);
    cell.done(ID, 1);
    expect(owner.released).not.toHaveBeenCalled();
    expect(deadlines.size).toBe(0);
  });

  it.each([
    [true, "lost", 0],
    [false, undefined, 1],
  ])("with its cell fails what had started (%s) and hands back the rest", async (started, outcome, back) => {
    const { environment, owner, cell } = setUpReady();
    const invocation = give(environment);
    if (started) cell.start(1);
    cell.exit("exit code 5");
    const completion = await endOf(invocation);
    expect(completion?.outcome).toBe(outcome);
    if (started) expect(completion?.error?.errorMessage).toContain("exit code 5");
    expect(owner.gone).toHaveBeenCalledExactlyOnceWith(environment, "cell-lost", back ? [invocation] : []);
  });

  it("by its cell's own doing hands back what crossed with it, although later ones have started", async () => {
    const { environment, owner, cell } = setUpReady({ concurrency: 2 });
    const first = give(environment);
    const crossed = give(environment);
    cell.start(1);
    cell.done(ID, 1);
    // The cell has dropped it, and taken up others since.
    cell.start(9);
    cell.ended(ID, "uncaught-exception");
    expect(await endOf(first)).toMatchObject({ outcome: "succeeded" });
    expect(await endOf(crossed)).toBeUndefined();
    expect(owner.gone).toHaveBeenCalledExactlyOnceWith(environment, "uncaught-exception", [crossed]);
  });

  it("is at once when it is drained idle, and after its invocations else", async () => {
    const idle = setUpReady();
    idle.environment.drain("idle");
    expect(idle.owner.gone).toHaveBeenCalledExactlyOnceWith(idle.environment, "idle", []);

    const { environment, owner, cell } = setUpReady();
    const invocation = give(environment);
    environment.drain("retired");
    expect(environment.state).toBe("draining");
    expect(environment.available).toBe(false);
    cell.done(ID, 1);
    expect(await endOf(invocation)).toMatchObject({ outcome: "succeeded" });
    expect(owner.gone).toHaveBeenCalledExactlyOnceWith(environment, "retired", []);
    expect(owner.released).not.toHaveBeenCalled();
  });

  it("comes once", () => {
    const { environment, owner, cell } = setUpReady();
    environment.condemn("closed");
    environment.condemn("closed");
    environment.drain("idle");
    cell.ended(ID);
    cell.exit();
    expect(owner.gone).toHaveBeenCalledTimes(1);
    expect(environment.available).toBe(false);
  });
});

describe("a mailbox", () => {
  it("has room beside what runs, up to its depth", () => {
    const { environment } = setUpReady({ concurrency: 2 });
    expect(environment.hasRoom(5)).toBe(false);
    give(environment);
    give(environment);
    expect([environment.hasRoom(0), environment.hasRoom(1), environment.isDeep]).toEqual([
      false,
      true,
      false,
    ]);
    give(environment);
    expect([environment.hasRoom(1), environment.hasRoom(2), environment.isDeep]).toEqual([false, true, true]);
  });

  it("gives back what has not started, and takes no more until the environment gets on", async () => {
    const { environment, owner, cell, deadlines } = setUpReady();
    const [runs, ...wait] = [give(environment), give(environment), give(environment)];
    environment.recall();
    environment.recall();
    await flush();
    expect(cell.all(ToCell.Recall)).toEqual([[ToCell.Recall, ID]]);
    expect(owner.handedBack.mock.calls).toEqual(wait.map((invocation) => [environment, invocation]));
    expect(wait.map(({ state, stop }) => [state, stop])).toEqual([
      ["dispatched", undefined],
      ["dispatched", undefined],
    ]);
    expect(environment).toMatchObject({ reserved: 1, state: "busy", isDeep: false });
    expect(environment.hasRoom(5)).toBe(false);
    cell.done(ID, 1);
    expect(await endOf(runs)).toMatchObject({ outcome: "succeeded" });
    expect(environment).toMatchObject({ reserved: 0, state: "ready" });
    give(environment);
    expect(environment.hasRoom(5)).toBe(true);
    cell.done(ID, 4);
    expect(deadlines.size).toBe(0);
  });

  it("that empties by being given back leaves a ready environment", async () => {
    const { environment, owner, cell } = setUpReady();
    give(environment);
    give(environment);
    cell.say(
      [ToHost.Done, ID, 1, 0, "1", 0.1, 0.1, 0, true, ""],
      [ToHost.Returned, ID, 2],
      [ToHost.Returned, ID, 2],
    );
    expect(environment).toMatchObject({ reserved: 0, state: "ready", available: true });
    expect(owner.handedBack).toHaveBeenCalledTimes(1);
    expect(owner.released.mock.calls).toEqual([
      [environment, 0.1, 0.1],
      [environment, undefined, 0],
    ]);
  });

  it("that empties by being given back ends an environment that drains, its owner being told of the rest first", () => {
    const { environment, owner, cell } = setUpReady();
    give(environment);
    give(environment);
    environment.drain("retired");
    cell.done(ID, 1);
    expect(environment.state).toBe("draining");
    cell.say([ToHost.Returned, ID, 2]);
    expect(environment.state).toBe("disposed");
    const [handedBack, gone] = [owner.handedBack, owner.gone].map(
      (told) => told.mock.invocationCallOrder[0] ?? 0,
    );
    expect(handedBack).toBeLessThan(gone ?? 0);
  });

  it("loses one that is aborted in it at no cost to what runs", async () => {
    const { environment, owner, cell, clock, deadlines } = setUpReady();
    const runs = give(environment);
    cell.start(1);
    const [aborted, other] = [give(environment), give(environment)];
    aborted.stop?.("aborted");
    expect(await endOf(aborted)).toMatchObject({ outcome: "aborted", durationMs: 0 });
    await flush();
    expect(owner.handedBack.mock.calls).toEqual([
      [environment, aborted],
      [environment, other],
    ]);
    await clock.advance(200);
    expect(owner.gone).not.toHaveBeenCalled();
    cell.done(ID, 1);
    expect(await endOf(runs)).toMatchObject({ outcome: "succeeded" });
    expect(deadlines.size).toBe(0);
  });

  it("whose aborted invocation has started after all ends with it", async () => {
    const { environment, owner, cell, clock, deadlines } = setUpReady();
    give(environment);
    const aborted = give(environment);
    aborted.stop?.("aborted");
    cell.done(ID, 1);
    // Taken up before the recall was read.
    cell.start(2);
    await clock.advance(100);
    expect(owner.gone).toHaveBeenCalledExactlyOnceWith(environment, "aborted", []);
    expect(deadlines.size).toBe(0);
  });

  it("goes back to the owner when the environment ends, without those completed meanwhile", () => {
    const { environment, owner, cell } = setUpReady();
    give(environment);
    const [aborted, kept] = [give(environment), give(environment)];
    cell.start(1);
    aborted.stop?.("aborted");
    cell.say([ToHost.Done, ID, 1, 2, "", 500, 1, 0, true, ""], [ToHost.Ended, ID, "timeout", ""]);
    expect(owner.gone).toHaveBeenCalledExactlyOnceWith(environment, "timeout", [kept]);
  });
});
