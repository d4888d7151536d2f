import { describe, expect, it, vi } from "vitest";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import { HostCell } from "../../src/sandbox/host-cell.ts";
import { fakeCells, flush, makeVersion, type FakeCell } from "./fake-cell.ts";
import { makeListener } from "./listener.ts";

function setUp(): { host: HostCell; cell: FakeCell; clock: FakeClock; onLost: ReturnType<typeof vi.fn> } {
  const clock = new FakeClock();
  const { cells, launch } = fakeCells(clock);
  const onLost = vi.fn();
  const onEmptied = vi.fn();
  const host = new HostCell(launch, clock, { lost: onLost, emptied: onEmptied, owes: vi.fn() });
  const cell = cells[0];
  if (!cell) throw new Error("no cell was launched");
  return { host, cell, clock, onLost };
}

/** A host with environments 1, 2, … that are initialised. */
async function withEnvironments(count: number) {
  const parts = setUp();
  const listeners = Array.from({ length: count }, () => makeListener());
  for (const [index, listener] of listeners.entries()) {
    parts.host.create(index + 1, 1, 1_000, "stream", listener);
    parts.cell.initialized(index + 1);
  }
  await flush();
  return { ...parts, listeners };
}

describe("HostCell", () => {
  it("sends what one turn says as one batch, in order", async () => {
    const { host, cell } = setUp();
    const post = vi.spyOn(cell, "post");
    const version = makeVersion();
    host.define(version.id, () => version.definition());
    host.define(version.id, () => version.definition());
    host.create(1, version.id, 1_000, "stream", makeListener());
    const number = host.invoke(1, "req-1", 3_000, "{}", "");
    expect(post).not.toHaveBeenCalled();
    await flush();
    expect(post.mock.calls).toEqual([
      [
        [
          [ToCell.Define, version.id, version.definition()],
          [ToCell.Create, 1, version.id, 1_000, "stream"],
          [ToCell.Invoke, 1, number, "req-1", 3_000, "{}", ""],
        ],
      ],
    ]);
  });

  it("routes what the cell says to the environment it is about", async () => {
    const { host, cell, listeners } = await withEnvironments(2);
    const [first, second] = listeners;
    const number = host.invoke(2, "req-1", 3_000, "{}", "");
    cell.say([ToHost.Log, 2, number, 2, "hello", 7], [ToHost.Done, 2, number, 1, "{}", 3, 2, 1, false, ""]);
    expect(second?.log).toHaveBeenCalledExactlyOnceWith(number, 2, "hello", 7);
    expect(second?.done).toHaveBeenCalledExactlyOnceWith(number, {
      outcome: 1,
      text: "{}",
      durationMs: 3,
      cpuMs: 2,
      heapBytes: 1,
      waited: false,
      kill: "",
    });
    expect(first?.done).not.toHaveBeenCalled();
    expect(host.outstanding).toBe(0);
  });

  it("hears no more of an environment that failed, ended or was disposed", async () => {
    const { host, cell, listeners } = await withEnvironments(2);
    const failed = makeListener();
    host.create(3, 1, 1_000, "stream", failed);
    cell.initFailed(3);
    cell.ended(1);
    host.dispose(2);
    for (const id of [1, 2, 3]) {
      cell.say(
        [ToHost.Done, id, 1, 0, "1", 1, 1, 0, false, ""],
        [ToHost.Log, id, 1, 2, "x", 1],
        [ToHost.Ended, id, "exit", ""],
      );
      cell.say([ToHost.Initialized, id, 1, 1, 1]);
    }
    expect(failed.initFailed).toHaveBeenCalledTimes(1);
    expect(listeners[0]?.ended).toHaveBeenCalledTimes(1);
    expect(listeners[1]?.ended).not.toHaveBeenCalled();
    for (const listener of [...listeners, failed]) {
      expect(listener.done).not.toHaveBeenCalled();
      expect(listener.log).not.toHaveBeenCalled();
    }
    expect(host.size).toBe(0);
    expect(host.outstanding).toBe(0);
  });

  it("keeps the process alive exactly while the cell owes an answer", async () => {
    const { host, cell } = await withEnvironments(1);
    expect(cell.held).toBe(false);
    const first = host.invoke(1, "a", 1, "1", "");
    const second = host.invoke(1, "b", 1, "1", "");
    expect(cell.held).toBe(true);
    cell.done(1, first);
    expect(cell.held).toBe(true);
    cell.done(1, second);
    expect(cell.held).toBe(false);
    const compiled = host.compile("1", undefined, "f");
    expect(cell.held).toBe(true);
    cell.say([ToHost.Compiled, 1, "esm", "", undefined]);
    expect(cell.held).toBe(false);
    await expect(compiled).resolves.toEqual([ToHost.Compiled, 1, "esm", "", undefined]);
  });

  it("asks for what is in a mailbox, and is owed nothing for what comes back", async () => {
    const { host, cell, listeners } = await withEnvironments(2);
    const runs = host.invoke(1, "a", 1, "1", "");
    const waits = host.invoke(1, "b", 1, "1", "");
    host.say([ToCell.Recall, 1]);
    host.say([ToCell.Recall, 3]);
    await flush();
    expect(cell.all(ToCell.Recall)).toEqual([[ToCell.Recall, 1]]);
    expect(listeners[0]?.returned).toHaveBeenCalledExactlyOnceWith(waits);
    expect(listeners[1]?.returned).not.toHaveBeenCalled();
    expect(host.outstanding).toBe(1);
    expect([host.progressOf(runs), host.progressOf(waits)]).toEqual([0, "waiting"]);
    cell.done(1, runs);
    expect(cell.held).toBe(false);
  });

  it("owes nothing for invocations that crossed with the end of their environment", async () => {
    const { host, cell } = await withEnvironments(1);
    host.invoke(1, "a", 1, "1", "");
    host.invoke(1, "b", 1, "1", "");
    cell.ended(1);
    expect(host.outstanding).toBe(0);
    expect(cell.held).toBe(false);
  });

  it("owes nothing for what it disposed of", async () => {
    const { host, cell } = await withEnvironments(1);
    host.create(2, 1, 1_000, "stream", makeListener());
    host.invoke(1, "a", 1, "1", "");
    host.dispose(2);
    host.dispose(1);
    host.dispose(1);
    expect(host.outstanding).toBe(0);
    expect(cell.held).toBe(false);
  });

  it("gives every environment up when the cell ends, once", async () => {
    const { host, cell, listeners, onLost } = await withEnvironments(2);
    const compiled = host.compile("1", undefined, "f");
    cell.exit("exit code 7");
    cell.exit("again");
    expect(onLost).toHaveBeenCalledExactlyOnceWith(host, "exit", "the cell ended: exit code 7");
    for (const listener of listeners)
      expect(listener.lost).toHaveBeenCalledExactlyOnceWith({
        cause: "exit",
        reason: "the cell ended: exit code 7",
        isCulprit: false,
        passed: undefined,
      });
    await expect(compiled).resolves.toBeUndefined();
    expect(cell.held).toBe(false);
  });

  it("ends without a word to its environments", async () => {
    const { host, cell, listeners, onLost } = await withEnvironments(1);
    const compiled = host.compile("1", undefined, "f");
    await host.end();
    cell.exit();
    cell.ended(1);
    expect(cell.ends).toBe(1);
    expect(listeners[0]?.lost).not.toHaveBeenCalled();
    expect(onLost).not.toHaveBeenCalled();
    await expect(compiled).resolves.toBeUndefined();
  });
});

describe("a cell that doesn't stop an environment it was told to end", () => {
  it("is given up when it has had its time", async () => {
    const { host, cell, clock, listeners, onLost } = await withEnvironments(2);
    cell.start(host.invoke(1, "a", 1, "1", ""));
    cell.runningEnvironment = 1;
    host.dispose(1);
    await clock.advance(200);
    expect(cell.abandoned).toBe(false);
    await clock.advance(400);
    expect(cell.abandoned).toBe(true);
    expect(onLost).toHaveBeenCalledTimes(1);
    expect(listeners[0]?.lost).not.toHaveBeenCalled();
    expect(listeners[1]?.lost).toHaveBeenCalledTimes(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("is kept when it stops in time", async () => {
    const { host, cell, clock } = await withEnvironments(1);
    cell.start(host.invoke(1, "a", 1, "1", ""));
    cell.runningEnvironment = 1;
    host.dispose(1);
    await clock.advance(150);
    cell.runningEnvironment = 0;
    answerPings(cell);
    await clock.advance(10_000);
    expect(cell.abandoned).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  it("is given up also when it took the invocation up only after the order to end", async () => {
    const { host, cell, clock } = await withEnvironments(2);
    const number = host.invoke(1, "a", 1, "1", "");
    host.dispose(1);
    await clock.advance(500);
    cell.start(number);
    cell.runningEnvironment = 1;
    await clock.advance(1_000);
    expect(cell.abandoned).toBe(true);
  });

  it("is not suspected for ending an idle environment", async () => {
    const { host, cell, clock } = await withEnvironments(2);
    host.dispose(2);
    cell.runningEnvironment = 1;
    await clock.advance(10_000);
    expect(cell.abandoned).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  it("is not given up while it runs another environment", async () => {
    const { host, cell, clock } = await withEnvironments(2);
    host.invoke(1, "a", 1, "1", "");
    host.dispose(1);
    cell.runningEnvironment = 2;
    await clock.advance(60_000);
    expect(cell.abandoned).toBe(false);
    cell.runningEnvironment = 0;
    answerPings(cell);
    await clock.advance(1_000);
    expect(clock.pendingTimers).toBe(0);
  });
});

/** Does what a cell does once it gets to reading its messages. */
function answerPings(cell: FakeCell): void {
  for (const [, number] of cell.all(ToCell.Ping)) cell.say([ToHost.Pong, number]);
}
