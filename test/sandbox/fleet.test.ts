import { describe, expect, it } from "vitest";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { EngineClosedError } from "../../src/base/errors.ts";
import type { Sandbox, SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { fakeSandbox, flush, makeVersion, type FakeCell } from "./fake-cell.ts";
import { makeListener } from "./listener.ts";

function setUp(options: Partial<SandboxOptions>) {
  const clock = new FakeClock();
  return { clock, ...fakeSandbox(clock, options) };
}

/** Environments are made and initialised by hand, in the cell they were placed in. */
function place(sandbox: Sandbox, cells: readonly FakeCell[], tenant?: string) {
  const listener = makeListener();
  const before = cells.map((cell) => cell.environments.length);
  const placed = sandbox.create(makeVersion(), 1_000, "stream", listener, false, tenant);
  return flush().then(() => {
    const index = cells.findIndex((cell, at) => cell.environments.length > (before[at] ?? 0));
    const id = cells[index]?.environments.at(-1) ?? 0;
    cells[index]?.initialized(id);
    return { placed, listener, index };
  });
}

describe("spare cells", () => {
  it("take a lost one's place at once, the one that has loaded, and are made again soon", async () => {
    const { sandbox, cells, clock } = setUp({ spares: 2 });
    sandbox.warmUp();
    expect(cells).toHaveLength(3);
    cells[0]?.ready();
    cells[2]?.ready();
    cells[0]?.exit();
    expect(cells).toHaveLength(3);
    expect((await place(sandbox, cells)).index).toBe(2);
    await clock.advance(20);
    expect(cells).toHaveLength(4);
  });

  it("are replaced when they end unused, and end with the rest", async () => {
    const { sandbox, cells, clock, lost } = setUp({ spares: 1 });
    sandbox.warmUp();
    cells[1]?.ready();
    cells[1]?.exit();
    await clock.advance(20);
    expect(cells).toHaveLength(3);
    expect(lost).toHaveLength(1);
    await sandbox.close();
    expect(cells.map(({ ends }) => ends)).toEqual([1, 0, 1]);
    await clock.advance(1_000);
    expect(cells).toHaveLength(3);
  });

  it("are where code is compiled", async () => {
    const { sandbox, cells } = setUp({ spares: 1 });
    const compiled = expect(sandbox.compile("1", "esm", "f")).rejects.toThrow(EngineClosedError);
    await flush();
    expect(cells.map(({ sent }) => sent.length)).toEqual([0, 1]);
    await sandbox.close();
    await compiled;
  });
});

describe("the care for cells", () => {
  it("kills one that has taken too much memory, and says so", async () => {
    const { sandbox, cells, clock, lost } = setUp({ memoryMb: 100 });
    const { listener } = await place(sandbox, cells);
    const [cell] = cells;
    if (cell) cell.usedBytes = 100 * 1_048_576;
    await clock.advance(200);
    expect(cell?.abandoned).toBe(false);
    if (cell) cell.usedBytes++;
    await clock.advance(200);
    expect(cell?.abandoned).toBe(true);
    expect(lost).toEqual(["it took 101 MB, over the limit cells.memoryMb of 100 MB"]);
    expect(listener.lost).toHaveBeenCalledTimes(1);
  });

  it("replaces one that has served enough, which ends when its environments have", async () => {
    const { sandbox, cells, clock } = setUp({ recycleAfter: 2 });
    const { placed, listener } = await place(sandbox, cells);
    for (const request of ["a", "b"]) placed.invoke(request, 1_000, "1", "");
    await clock.advance(200);
    expect(listener.retire).toHaveBeenCalledTimes(1);
    expect(cells[0]?.ends).toBe(0);
    expect((await place(sandbox, cells)).index).toBe(1);
    placed.dispose();
    await flush();
    expect(cells[0]?.ends).toBe(1);
  });
});

describe("room in cells", () => {
  it("ends at maxEnvironments, and comes back with an environment's end", async () => {
    const { sandbox, cells } = setUp({ cellCount: 1, maxEnvironments: 1 });
    const { placed } = await place(sandbox, cells);
    expect(() => sandbox.create(makeVersion(), 1_000, "stream", makeListener())).toThrow(
      "cells.maxEnvironments",
    );
    placed.dispose();
    await flush();
    expect((await place(sandbox, cells)).index).toBe(0);
  });
});

describe("cells for each tenant apart", () => {
  it("are never shared, not even when one has no more room", async () => {
    const { sandbox, cells } = setUp({ isPerTenant: true, cellCount: 1, maxEnvironments: 2, spares: 1 });
    const indexes: number[] = [];
    for (const tenant of ["a", "b", "a", "b", "c"]) indexes.push((await place(sandbox, cells, tenant)).index);
    const [a, b, again, bAgain, c] = indexes;
    expect([again, bAgain]).toEqual([a, b]);
    expect(new Set([a, b, c]).size).toBe(3);
    expect(() => sandbox.create(makeVersion(), 1_000, "s", makeListener(), false, "a")).toThrow(
      "cells.maxEnvironments",
    );
  });

  it("make room for another tenant when idle, and don't while they owe an answer", async () => {
    const { sandbox, cells } = setUp({ isPerTenant: true, cellCount: 1, maxTenants: 1 });
    const first = await place(sandbox, cells, "a");
    first.placed.invoke("request", 1_000, "1", "");
    expect(() => sandbox.create(makeVersion(), 1_000, "s", makeListener(), false, "b")).toThrow(
      "cells.maxTenants",
    );
    cells[first.index]?.done(cells[first.index]?.environments[0] ?? 0, 1);
    const second = await place(sandbox, cells, "b");
    expect(first.listener.retire).toHaveBeenCalledTimes(1);
    expect(second.index).not.toBe(first.index);
  });

  it("end with their tenant's last environment", async () => {
    const { sandbox, cells } = setUp({ isPerTenant: true });
    const { placed, index } = await place(sandbox, cells, "a");
    placed.dispose();
    await flush();
    expect(cells[index]?.ends).toBe(1);
    expect(sandbox.cells).toEqual([]);
  });
});

it("a sandbox that is closed while a cell retires ends that cell, too", async () => {
  const { sandbox, cells, clock } = setUp({ recycleAfter: 1 });
  const { placed } = await place(sandbox, cells);
  placed.invoke("request", 1_000, "1", "");
  await clock.advance(200);
  await sandbox.close();
  expect(cells.map(({ ends }) => ends)).toEqual([1, 1]);
});
