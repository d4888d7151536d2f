import { describe, expect, it } from "vitest";
import { ENVIRONMENT_OVERHEAD_BYTES, type IdleLimits } from "../../src/pool/idle-list.ts";
import { makeInvocation } from "../invocation/support.ts";
import { flush } from "../sandbox/fake-cell.ts";
import { KEEP_ALIVE_MS, setUpPool } from "./support.ts";

/** A pool whose environments 1 to `count` are idle, 1 the coldest, and use so much memory each. */
async function setUpIdle(count: number, limits: Partial<IdleLimits> = {}, heapBytes = 1_000) {
  const parts = setUpPool({ limit: count }, limits);
  const { pool, clock, cells } = parts;
  for (let id = 1; id <= count; id++) void pool.run(makeInvocation({ requestId: `${id}` }));
  await flush();
  const [cell] = cells;
  if (!cell) throw new Error("no cell was launched");
  for (let id = 1; id <= count; id++) cell.initialized(id, 5, heapBytes);
  await flush();
  for (let id = 1; id <= count; id++) {
    if (id > 1) await clock.advance(10);
    cell.done(id, id);
  }
  await flush();
  return { ...parts, cell };
}

describe("keep-alive", () => {
  it("ends environments that were idle for so long, each in its turn, and no sooner", async () => {
    const { clock, cell, idle, pool } = await setUpIdle(3);
    expect(idle.size).toBe(3);
    await clock.advance(KEEP_ALIVE_MS - 21);
    await flush();
    expect(cell.environments).toEqual([1, 2, 3]);
    await clock.advance(KEEP_ALIVE_MS / 5);
    await flush();
    expect(cell.environments).toEqual([]);
    expect(pool.stats()).toEqual({ starting: 0, idle: 0, busy: 0, waiting: 0 });
    expect([idle.size, idle.totalBytes]).toEqual([0, 0]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("begins anew with every use, and keeps the one in use", async () => {
    const { clock, cell, pool } = await setUpIdle(2);
    await clock.advance(KEEP_ALIVE_MS / 2);
    void pool.run(makeInvocation());
    await flush();
    expect(cell.invocations.at(-1)?.[1]).toBe(2);
    await clock.advance(0.9 * KEEP_ALIVE_MS);
    await flush();
    expect(cell.environments).toEqual([2]);
    cell.done(2, 3);
    await clock.advance(0.9 * KEEP_ALIVE_MS);
    expect(cell.environments).toEqual([2]);
    await clock.advance(KEEP_ALIVE_MS);
    await flush();
    expect(cell.environments).toEqual([]);
  });

  it("of nothing ends them as soon as it looks", async () => {
    const { clock, cell } = await setUpIdle(1, { keepAliveMs: 0 });
    await clock.advance(20);
    await flush();
    expect(cell.environments).toEqual([]);
  });

  it("spares what is provisioned", async () => {
    const { pool, clock, cells, idle } = setUpPool({ provisioned: 2 });
    pool.provision();
    await flush();
    cells[0]?.initialized(1);
    cells[0]?.initialized(2);
    expect(idle.size).toBe(0);
    await clock.advance(100 * KEEP_ALIVE_MS);
    expect(cells[0]?.environments).toEqual([1, 2]);
  });
});

describe("the memory budget", () => {
  const EACH = ENVIRONMENT_OVERHEAD_BYTES + 1_000;

  it("counts every environment, busy ones included, as last measured", async () => {
    const { idle, cell, pool } = await setUpIdle(2);
    expect(idle.totalBytes).toBe(2 * EACH);
    void pool.run(makeInvocation());
    await flush();
    expect(idle.totalBytes).toBe(2 * EACH);
    cell.done(2, 3, "1", 5_000);
    expect(idle.totalBytes).toBe(2 * EACH + 4_000);
    cell.ended(1);
    expect(idle.totalBytes).toBe(EACH + 4_000);
  });

  it("ends idle environments, coldest first, and only as many as it must", async () => {
    const { idle, cell, pool, listener } = await setUpIdle(4, { memoryBudgetBytes: 4 * EACH });
    expect(cell.environments).toEqual([1, 2, 3, 4]);
    void pool.run(makeInvocation());
    await flush();
    // The warmest comes back with twice the memory and more: two of the others have to go.
    cell.done(4, 5, "1", 1_000 + EACH + 1);
    await flush();
    expect(cell.environments).toEqual([3, 4]);
    expect(idle.totalBytes).toBeLessThanOrEqual(4 * EACH);
    expect(listener.ended.mock.calls.map(([, reason]) => reason)).toEqual(["budget", "budget"]);
  });

  it("never ends a busy one, however far it is exceeded", async () => {
    const { cell, pool } = setUpBusy();
    await flush();
    cell()?.initialized(1, 5, 1_000_000_000);
    await flush();
    expect(pool.stats()).toMatchObject({ busy: 1 });
    cell()?.done(1, 1);
    await flush();
    expect(pool.stats()).toMatchObject({ busy: 0, idle: 0 });
  });

  function setUpBusy() {
    const { pool, cells } = setUpPool({}, { memoryBudgetBytes: EACH });
    void pool.run(makeInvocation());
    return { pool, cell: () => cells[0] };
  }
});
