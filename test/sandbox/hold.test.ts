import { describe, expect, it } from "vitest";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { ToHost } from "../../src/cell/protocol.ts";
import { fakeSandbox, flush, makeVersion } from "./fake-cell.ts";
import { makeListener } from "./listener.ts";

/** How often cells that owe an answer are looked at. */
const LOOK_MS = 5;

/** A sandbox of two cells, with an environment in each: 1 of one version and 2 of another. */
async function setUp(cellCount = 2) {
  const clock = new FakeClock();
  const { sandbox, cells } = fakeSandbox(clock, { cellCount });
  const place = (isHeavy = false, version = makeVersion()) => {
    const listener = makeListener();
    return { listener, version, placed: sandbox.create(version, 1_000, "stream", listener, isHeavy) };
  };
  const sizes = (): number[] => sandbox.cells.map(({ environments }) => environments);
  const one = place();
  const two = place();
  await flush();
  for (const [index, cell] of cells.entries()) {
    cell.ready();
    for (const id of cell.environments) cell.initialized(id);
    expect(index).toBeLessThan(cellCount);
  }
  return { clock, sandbox, cells, place, sizes, one, two };
}

describe("a cell whose thread one run holds", () => {
  it("is held from the second look on that finds the same run, and tells those that it owes an answer", async () => {
    const { clock, cells, one, two } = await setUp(1);
    const number = one.placed.invoke("req-1", 1_000, "{}", "");
    cells[0]?.holdBy(2);
    await clock.advance(LOOK_MS);
    expect(one.placed.isHeld).toBe(false);
    await clock.advance(LOOK_MS);
    expect([one.placed.isHeld, one.placed.isHeldUp, two.placed.isHeldUp]).toEqual([true, true, false]);
    expect(one.listener.heldUp).toHaveBeenCalledWith(false, LOOK_MS);
    expect(two.listener.heldUp).not.toHaveBeenCalled();
    expect(one.placed.revoke(number)).toBe(true);
  });

  it("is not for many short runs", async () => {
    const { clock, cells, one } = await setUp(1);
    one.placed.invoke("req-1", 1_000, "{}", "");
    for (let look = 0; look < 10; look++) {
      cells[0]?.holdBy(2);
      await clock.advance(LOOK_MS);
    }
    expect(one.listener.heldUp).not.toHaveBeenCalled();
  });

  it("is free when it says something, but for a flood of log lines, and when the run is seen to be over", async () => {
    const { clock, cells, one, two } = await setUp(1);
    const [cell] = cells;
    one.placed.invoke("req-1", 1_000, "{}", "");
    cell?.holdBy(2);
    await clock.advance(2 * LOOK_MS);
    cell?.say([ToHost.Log, 2, 0, 2, "line", 0]);
    expect(one.placed.isHeld).toBe(true);
    cell?.say([ToHost.Pong, 1]);
    expect(one.placed.isHeld).toBe(false);
    expect([one.listener.freed.mock.calls.length, two.listener.freed.mock.calls.length]).toEqual([1, 1]);
    await clock.advance(LOOK_MS);
    expect(one.placed.isHeld).toBe(true);
    cell?.release();
    await clock.advance(LOOK_MS);
    expect(one.placed.isHeld).toBe(false);
  });

  it("gets no environment while there is another, which is added if need be", async () => {
    const { clock, cells, place, one, two, sizes } = await setUp();
    one.placed.invoke("req-1", 1_000, "{}", "");
    two.placed.invoke("req-2", 1_000, "{}", "");
    cells[0]?.holdBy(1);
    await clock.advance(2 * LOOK_MS);
    place();
    expect(sizes()).toEqual([1, 2]);
    cells[1]?.holdBy(2);
    await clock.advance(2 * LOOK_MS);
    place();
    expect(sizes()).toEqual([1, 2, 1]);
  });
});

describe("a version that takes much CPU", () => {
  it("gets cells apart from the others, one by one", async () => {
    const { place, sizes } = await setUp();
    place(true);
    expect(sizes()).toEqual([1, 1, 1]);
    place(true);
    expect(sizes()).toEqual([1, 1, 1, 1]);
    place(true);
    expect(sizes().slice(0, 2)).toEqual([1, 1]);
  });

  it("stays where it is as long as it is alone there", async () => {
    const { place, one, two } = await setUp();
    expect([one.placed.isMisplaced(true), two.placed.isMisplaced(true)]).toEqual([false, false]);
    place();
    expect([one.placed.isMisplaced(true), two.placed.isMisplaced(true)].filter(Boolean)).toHaveLength(1);
    expect([one.placed.isMisplaced(false), two.placed.isMisplaced(false)]).toEqual([false, false]);
  });

  it("is placed with the others when there are no others", () => {
    const { sandbox } = fakeSandbox(new FakeClock(), { cellCount: 2 });
    const version = makeVersion();
    for (let made = 0; made < 4; made++) sandbox.create(version, 1_000, "stream", makeListener(), true);
    expect(sandbox.cells.map(({ environments }) => environments)).toEqual([2, 2]);
  });
});
