import { describe, expect, it, vi } from "vitest";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { StuckWatch } from "../../src/sandbox/stuck-watch.ts";
import { makeListener } from "./listener.ts";

function setUp() {
  const clock = new FakeClock();
  const onStuck = vi.fn();
  const cell = { running: 0 };
  const stuckWatch = new StuckWatch({ clock, patienceMs: 250, running: () => cell.running, onStuck });
  const watch = {
    add: (environment: number, listener = makeListener()) => stuckWatch.add(environment, listener),
    clear: (pong: number) => stuckWatch.clear(pong),
    stop: () => stuckWatch.stop(),
  };
  return { clock, onStuck, cell, watch };
}

describe("StuckWatch", () => {
  it("calls a cell stuck that runs a suspect for long, and not before", async () => {
    const { clock, onStuck, cell, watch } = setUp();
    cell.running = 1;
    const culprit = makeListener();
    watch.add(1, culprit);
    await clock.advance(249);
    expect(onStuck).not.toHaveBeenCalled();
    await clock.advance(100);
    expect(onStuck).toHaveBeenCalledExactlyOnceWith(culprit);
  });

  it("counts anew when the cell leaves the suspect in between", async () => {
    const { clock, onStuck, cell, watch } = setUp();
    watch.add(1);
    for (let turn = 0; turn < 20; turn++) {
      cell.running = turn % 2 === 0 ? 1 : 2;
      await clock.advance(200);
    }
    expect(onStuck).not.toHaveBeenCalled();
  });

  it("keeps suspects whose order to end the cell has not read yet", async () => {
    const { clock, onStuck, cell, watch } = setUp();
    const first = watch.add(1);
    watch.add(2);
    watch.clear(first);
    cell.running = 1;
    await clock.advance(5_000);
    expect(onStuck).not.toHaveBeenCalled();
    cell.running = 2;
    await clock.advance(5_000);
    expect(onStuck).toHaveBeenCalledTimes(1);
  });

  it("has no timer without suspects", async () => {
    const { clock, watch } = setUp();
    expect(clock.pendingTimers).toBe(0);
    watch.add(1);
    watch.clear(watch.add(2));
    expect(clock.pendingTimers).toBe(0);
    watch.add(3);
    expect(clock.pendingTimers).toBe(1);
    watch.stop();
    await clock.advance(1_000);
    expect(clock.pendingTimers).toBe(0);
  });
});
