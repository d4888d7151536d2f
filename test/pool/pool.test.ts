import { describe, expect, it, vi } from "vitest";
import { ToCell } from "../../src/cell/protocol.ts";
import { PlatformError } from "../../src/base/errors.ts";
import type { InvocationRequest } from "../../src/invocation/invocation.ts";
import type { PoolParts } from "../../src/pool/pool.ts";
import { makeInvocation } from "../invocation/support.ts";
import { flush, type FakeCell } from "../sandbox/fake-cell.ts";
import { setUpPool } from "./support.ts";

function setUp(parts: Partial<PoolParts> = {}) {
  const set = setUpPool(parts);
  let runs = 0;
  const run = async (request: Partial<InvocationRequest> = {}) => {
    const requestId = `req-${++runs}`;
    const invocation = makeInvocation({ requestId, acceptedMs: set.clock.monotonicMs(), ...request });
    void set.pool.run(invocation);
    await flush();
    return invocation;
  };
  /** `[environment, request]` of every invocation sent. */
  const sent = () =>
    set.cells.flatMap((cell) => cell.invocations.map(([, id, , requestId]) => [id, requestId]));
  const cell = (): FakeCell => {
    const last = set.cells.at(-1);
    if (!last) throw new Error("no cell was launched");
    return last;
  };
  return { ...set, run, sent, cell };
}

describe("a pool", () => {
  it("starts one environment for each that waits, and serves them in order", async () => {
    const { run, sent, cell, pool } = setUp();
    await run();
    await run();
    expect(pool.stats()).toEqual({ starting: 2, idle: 0, busy: 0, waiting: 2 });
    cell().initialized(2);
    await flush();
    expect(sent()).toEqual([[2, "req-1"]]);
    cell().initialized(1);
    await flush();
    expect(sent()).toEqual([
      [2, "req-1"],
      [1, "req-2"],
    ]);
  });

  it("gives one that waits whichever comes first: here, a freed environment", async () => {
    const { run, sent, cell, pool, clock } = setUp();
    await run();
    cell().initialized(1);
    await flush();
    await run();
    await clock.advance(100);
    cell().done(1, 1);
    await flush();
    expect(sent()).toEqual([
      [1, "req-1"],
      [1, "req-2"],
    ]);
    // The cold one that was made for it stays, idle, for the next.
    cell().initialized(2);
    expect(pool.stats()).toEqual({ starting: 0, idle: 1, busy: 1, waiting: 0 });
  });

  it("takes the environment used last", async () => {
    const { run, sent, cell } = setUp();
    for (let index = 0; index < 3; index++) await run();
    for (const id of [1, 2, 3]) cell().initialized(id);
    await flush();
    for (const id of [2, 3, 1]) cell().done(id, id);
    await run();
    await run();
    expect(sent().slice(3)).toEqual([
      [1, "req-4"],
      [3, "req-5"],
    ]);
  });

  it("doesn't start one where those there are will do sooner", async () => {
    const { run, cell, pool, clock } = setUp();
    await run();
    cell().initialized(1);
    await flush();
    cell().done(1, 1);
    await run();
    await run();
    // What recent ones promised was nothing: the clock has stood still.
    expect(pool.stats()).toEqual({ starting: 0, idle: 0, busy: 1, waiting: 1 });
    await clock.advance(10);
    expect(pool.stats()).toMatchObject({ starting: 1, waiting: 1 });
  });

  it("runs a failed init once more inside the invocation, under its own limit, then fails with the error", async () => {
    const { run, cell, listener } = setUp({ initTimeoutMs: 1_000, timeoutMs: 300 });
    const invocation = await run();
    cell().initFailed(1, "TypeError");
    await flush();
    expect(invocation.state).toBe("queued");
    expect(
      cell()
        .all(ToCell.Create)
        .map(([, id, , timeoutMs]) => [id, timeoutMs]),
    ).toEqual([
      [1, 1_000],
      [2, 300],
    ]);
    cell().initFailed(2, "RangeError");
    await expect(invocation.completion).resolves.toMatchObject({
      outcome: "failed",
      error: { errorType: "RangeError" },
      durationMs: 5,
    });
    expect(invocation).toMatchObject({
      failedInits: 2,
      initMs: 10,
      coldStart: true,
      logStreamName: "stream-2",
    });
    await flush();
    expect(cell().all(ToCell.Create)).toHaveLength(2);
    expect(listener.initFailed).toHaveBeenCalledTimes(2);
  });

  it("runs an invocation whose init succeeds the second time", async () => {
    const { run, cell } = setUp();
    const invocation = await run();
    cell().initFailed(1);
    await flush();
    cell().initialized(2);
    await flush();
    cell().done(2, 1, '"fine"');
    await expect(invocation.completion).resolves.toMatchObject({ outcome: "succeeded", text: '"fine"' });
    expect(invocation.failedInits).toBe(1);
  });

  it("calls an init that overran twice a timeout", async () => {
    const { run, cell } = setUp();
    const invocation = await run();
    for (const id of [1, 2]) {
      cell().initFailed(id, "Sandbox.Timedout", "timeout");
      await flush();
    }
    await expect(invocation.completion).resolves.toMatchObject({
      outcome: "timeout",
      error: { errorType: "Sandbox.Timedout" },
    });
  });

  it("gives what had not started to an idle environment when its own is gone", async () => {
    const { run, sent, cell, pool } = setUp({ environmentConcurrency: 2, provisioned: 2, limit: 3 });
    pool.provision();
    await flush();
    cell().initialized(2);
    cell().initialized(1);
    const first = await run();
    await run();
    first.stop?.("aborted");
    await flush();
    expect(sent()).toEqual([
      [1, "req-1"],
      [1, "req-2"],
      [2, "req-2"],
    ]);
  });

  it("keeps what is provisioned, also when its cell is lost during init", async () => {
    const { pool, cells, cell } = setUp({ provisioned: 2 });
    pool.provision();
    await flush();
    expect(cell().environments).toEqual([1, 2]);
    cell().ready();
    cell().initialized(1);
    cell().exit();
    await flush();
    expect(cells).toHaveLength(2);
    expect(cell().environments).toHaveLength(2);
    expect(pool.stats()).toMatchObject({ starting: 2 });
  });

  it("doesn't try for ever what is provisioned and can't be initialised", async () => {
    const { pool, cell } = setUp({ provisioned: 1 });
    pool.provision();
    await flush();
    cell().initFailed(1);
    await flush();
    expect(cell().all(ToCell.Create)).toHaveLength(1);
    expect(pool.stats()).toEqual({ starting: 0, idle: 0, busy: 0, waiting: 0 });
  });

  it("when retired finishes what it has, starts nothing for later, and says when it is empty", async () => {
    const { run, pool, cell } = setUp({ provisioned: 2 });
    pool.provision();
    await flush();
    cell().initialized(1);
    cell().initialized(2);
    await run();
    const empty = vi.fn();
    pool.retire();
    pool.onEmpty(empty);
    await flush();
    expect(cell().environments).toEqual([2]);
    expect(empty).not.toHaveBeenCalled();
    cell().done(2, 1);
    await flush();
    expect(cell().environments).toEqual([]);
    expect(empty).toHaveBeenCalledTimes(1);
  });

  it("when closed ends everything, and starts nothing for those that wait", async () => {
    const { run, pool, cell, clock, deadlines, cells, sandbox } = setUp({ limit: 1 });
    const running = await run();
    cell().initialized(1);
    await flush();
    cell().start(1);
    const waiting = await run();
    pool.close("closed");
    await flush();
    await expect(running.completion).resolves.toMatchObject({ outcome: "lost" });
    await expect(waiting.completion).resolves.toMatchObject({ outcome: "lost" });
    expect(cell().environments).toEqual([]);
    expect(deadlines.size).toBe(0);
    await sandbox.close();
    await clock.advance(60_000);
    expect(cells).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("when closed while it starts one starts no other", async () => {
    const { run, pool, cell } = setUp();
    const { completion } = await run();
    pool.close("closed");
    await expect(completion).resolves.toEqual({ outcome: "lost", text: "", durationMs: 0, cpuMs: 0 });
    await flush();
    expect(cell().all(ToCell.Create)).toHaveLength(1);
    expect(cell().environments).toEqual([]);
  });
});

describe("a pool whose cells can't be started", () => {
  it("tells those that wait with a PlatformError, and throws at nobody else", async () => {
    const { run, cells, pool } = setUp();
    const waiting = [await run(), await run()];
    for (let lost = 0; lost < cells.length && lost < 10; lost++) {
      expect(() => cells[lost]?.exit("bad program")).not.toThrow();
      await flush();
    }
    expect(cells.length).toBeLessThan(5);
    for (const { completion } of waiting) {
      const { fault, error } = await completion;
      // Either its inits failed with their cells, or there was none left to try.
      if (fault) expect(fault).toBeInstanceOf(PlatformError);
      else expect(error?.errorType).toBe("Sandbox.CellLost");
    }
    const later = await run();
    const { fault } = await later.completion;
    expect(fault).toBeInstanceOf(PlatformError);
    expect(fault?.message).toContain("bad program");
    expect(pool.stats()).toEqual({ starting: 0, idle: 0, busy: 0, waiting: 0 });
    expect(() => pool.provision()).not.toThrow();
  });
});
