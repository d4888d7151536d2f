import { describe, expect, it, vi } from "vitest";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import { PlatformError } from "../../src/base/errors.ts";
import type { InvocationRequest } from "../../src/invocation/invocation.ts";
import type { PoolParts } from "../../src/pool/parts.ts";
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
    // Too long for a mailbox, and too short for a cold start to come sooner.
    cell().done(1, 1, "1", 0, 0.4);
    await run();
    await run();
    expect(pool.stats()).toEqual({ starting: 0, idle: 0, busy: 1, waiting: 1 });
    // It has started and waits for something, for longer than any before it.
    cell().start(2);
    await clock.advance(10);
    expect(pool.stats()).toMatchObject({ starting: 1, waiting: 1 });
  });

  it("starts none because its cells get no time", async () => {
    const { run, cell, pool, clock } = setUp();
    await run();
    cell().initialized(1);
    await flush();
    cell().done(1, 1, "1", 0, 0.4);
    await run();
    await run();
    await clock.advance(100);
    expect(pool.stats()).toEqual({ starting: 0, idle: 0, busy: 1, waiting: 1 });
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
      initMs: 5,
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
    cell().start(1);
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

/** A pool with so many ready environments, each in its own turn warmed up by a run of that length. */
async function setUpWarm(count: number, runMs: number, parts: Partial<PoolParts> = {}, cpuMs = 0) {
  const set = setUp({ limit: 10, ...parts });
  set.pool.run(makeInvocation({ requestId: "first" })).catch(() => undefined);
  for (let more = 1; more < count; more++)
    set.pool.run(makeInvocation({ requestId: "first" })).catch(() => undefined);
  const initialised = new Set<number>();
  for (let turn = 0; initialised.size < count && turn < 20; turn++) {
    await flush();
    for (const id of set.cell().environments) {
      if (!initialised.has(id)) set.cell().initialized(id);
      initialised.add(id);
    }
  }
  await flush();
  for (const [, id, number] of set.cell().invocations) set.cell().done(id, number, "1", 0, runMs, cpuMs);
  const before = set.cell().invocations.length;
  const sent = () => set.sent().slice(before);
  /** The number of a request's last sending. */
  const numberOf = (requestId: string): number =>
    set.cell().invocations.findLast((message) => message[3] === requestId)?.[2] ?? 0;
  const done = (id: number, requestId: string, durationMs = runMs): void =>
    set.cell().done(id, numberOf(requestId), "1", 0, durationMs, cpuMs);
  return { ...set, sent, numberOf, done };
}

describe("a pool of short invocations", () => {
  it("lets some wait in mailboxes, given in turns, and the rest in the line", async () => {
    const { run, sent, pool } = await setUpWarm(2, 0.1);
    for (let index = 0; index < 8; index++) await run();
    // One runs and two wait in each.
    expect(sent().filter(([id]) => id === 1)).toHaveLength(3);
    expect(sent().filter(([id]) => id === 2)).toHaveLength(3);
    expect(sent().map(([, requestId]) => requestId)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `req-${n}`));
    const ids = sent().map(([id]) => id);
    expect(ids[2]).not.toBe(ids[3]);
    expect(ids[4]).not.toBe(ids[5]);
    expect(pool.stats()).toEqual({ starting: 0, idle: 0, busy: 2, waiting: 2 });
  });

  it("gives the shortest to an environment that is busy, as long as its mailbox has room, and then to an idle one", async () => {
    const { run, sent, pool } = await setUpWarm(2, 0.025);
    for (let index = 0; index < 14; index++) await run();
    const ids = sent().map(([id]) => id);
    const [first = 0] = ids;
    expect(ids.slice(0, 11)).toEqual(Array.from({ length: 11 }, () => first));
    expect(ids.slice(11)).toEqual(Array.from({ length: 3 }, () => 3 - Number(first)));
    expect(pool.stats()).toEqual({ starting: 0, idle: 0, busy: 2, waiting: 0 });
  });

  it("lets none wait in a mailbox before one has ended, nor behind long ones", async () => {
    const cold = setUp();
    await cold.run();
    cold.cell().initialized(1);
    await cold.run();
    expect(cold.pool.stats()).toMatchObject({ starting: 1, busy: 1, waiting: 1 });
    const { run, pool } = await setUpWarm(1, 10);
    await run();
    await run();
    expect(pool.stats()).toMatchObject({ starting: 1, busy: 1, waiting: 1 });
  });

  it("fills a place in a mailbox from the line as soon as one has ended", async () => {
    const { run, sent, done } = await setUpWarm(1, 0.1);
    for (let index = 0; index < 4; index++) await run();
    expect(sent()).toHaveLength(3);
    done(1, "req-1");
    await flush();
    expect(sent().at(-1)).toEqual([1, "req-4"]);
  });

  it("takes back what waits behind one that turns out slow, serves it first and in order, and each once", async () => {
    const { run, sent, cell, clock, pool, done } = await setUpWarm(1, 0.1, { limit: 2 });
    const all = [await run(), await run(), await run(), await run()];
    expect(sent()).toHaveLength(3);
    cell().start(cell().invocations.at(-3)?.[2] ?? 0);
    await clock.advance(20);
    await flush();
    expect(cell().all(ToCell.Recall)).toHaveLength(1);
    expect(pool.stats()).toEqual({ starting: 1, idle: 0, busy: 1, waiting: 3 });
    cell().initialized(2);
    await flush();
    // The slow one is given nothing more.
    expect(sent().slice(3)).toEqual([[2, "req-2"]]);
    for (const [index, requestId] of ["req-2", "req-3", "req-4"].entries()) {
      expect(sent()[3 + index]).toEqual([2, requestId]);
      done(2, requestId, 1);
      await flush();
    }
    done(1, "req-1", 300);
    expect(all.map(({ state }) => state)).toEqual(["completed", "completed", "completed", "completed"]);
    expect(sent()).toHaveLength(6);
  });

  it("takes back what waits behind a slow one also where others get on, which take it over", async () => {
    const { run, sent, cell, clock, done, pool } = await setUpWarm(3, 0.1);
    for (let index = 0; index < 6; index++) await run();
    const [slow] = sent()[0] ?? [];
    const others = [1, 2, 3].filter((id) => id !== slow);
    for (let turn = 0; turn < 4; turn++) {
      await clock.advance(2);
      for (const [id, requestId] of sent()) if (id !== slow) done(id as number, requestId as string);
      await flush();
    }
    expect(cell().all(ToCell.Recall)).toEqual([[ToCell.Recall, slow]]);
    const moved = sent().slice(6);
    expect(moved).toHaveLength(1);
    expect(others).toContain(moved[0]?.[0]);
    expect(pool.stats()).toMatchObject({ starting: 0, waiting: 0 });
  });

  it("doesn't end an environment for an invocation aborted in its mailbox", async () => {
    const { run, cell, numberOf, done, pool } = await setUpWarm(1, 0.1);
    const runs = await run();
    const aborted = await run();
    cell().start(numberOf("req-1"));
    aborted.stop?.("aborted");
    await expect(aborted.completion).resolves.toMatchObject({ outcome: "aborted" });
    await flush();
    done(1, "req-1");
    await expect(runs.completion).resolves.toMatchObject({ outcome: "succeeded" });
    expect(cell().environments).toEqual([1]);
    expect(pool.stats()).toEqual({ starting: 0, idle: 1, busy: 0, waiting: 0 });
  });

  it("moves what waits in the mailbox of an environment that ends", async () => {
    const { run, sent, cell, pool, done } = await setUpWarm(2, 0.1);
    for (let index = 0; index < 6; index++) await run();
    const lost = sent()
      .filter(([id]) => id === 1)
      .map(([, requestId]) => requestId);
    const [, , number = 0] =
      cell().invocations.findLast(([, id, , requestId]) => id === 1 && requestId === lost[0]) ?? [];
    cell().say([ToHost.Done, 1, number, 1, "{}", 1, 1, 0, true, ""], [ToHost.Ended, 1, "exit", ""]);
    await flush();
    // There is no room for them elsewhere yet.
    expect(sent()).toHaveLength(6);
    expect(pool.stats()).toEqual({ starting: 0, idle: 0, busy: 1, waiting: 2 });
    for (const [id, requestId] of sent()) if (id === 2) done(2, requestId as string);
    await flush();
    expect(sent().slice(6)).toEqual(lost.slice(1).map((requestId) => [2, requestId]));
  });
});

describe("a pool of invocations that only compute", () => {
  it("keeps to the environments its cells can keep busy, although they are slow", async () => {
    const { run, pool, clock, cell, done, sent } = await setUpWarm(2, 20, {}, 20);
    for (let index = 0; index < 10; index++) await run();
    for (let turn = 0; turn < 10; turn++) {
      await clock.advance(10);
      for (const [id, requestId] of sent().slice(-2)) done(id as number, requestId as string);
      await flush();
    }
    expect(cell().all(ToCell.Create)).toHaveLength(2);
    expect(pool.stats()).toMatchObject({ starting: 0, waiting: 0 });
  });

  it("gets more when they wait all at once", async () => {
    const { run, cell, pool, clock } = await setUpWarm(2, 20, {}, 20);
    for (let index = 0; index < 10; index++) await run();
    for (const [, , number] of cell().invocations) cell().start(number);
    await clock.advance(100);
    expect(pool.stats()).toMatchObject({ starting: 0, waiting: 8 });
    await clock.advance(200);
    expect(pool.stats()).toMatchObject({ starting: 2, waiting: 8 });
  });

  it("gets as many as keep its cells busy when they begin to compute for long", async () => {
    const { run, cell, pool, clock } = await setUpWarm(1, 0.1, {}, 0.1);
    for (let index = 0; index < 20; index++) await run();
    const running = cell().invocations.at(-1);
    cell().start(running?.[2] ?? 0);
    cell().runningEnvironment = 1;
    await clock.advance(20);
    expect(pool.stats()).toMatchObject({ starting: 1 });
    cell().initialized(2);
    await clock.advance(50);
    expect(cell().all(ToCell.Create)).toHaveLength(2);
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
