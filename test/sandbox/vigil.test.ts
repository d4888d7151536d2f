import { describe, expect, it } from "vitest";
import { Vigil } from "../../src/sandbox/vigil.ts";

/** A vigil whose turns come by hand; each takes 5 µs. */
function setUp() {
  const state = { nowMs: 0, turns: 0 };
  let next: (() => void) | undefined;
  const vigil = new Vigil(
    (turn) => {
      next = turn;
    },
    () => state.nowMs,
  );
  const turn = (): boolean => {
    const act = next;
    if (!act) return false;
    next = undefined;
    state.nowMs += 0.005;
    state.turns++;
    act();
    return true;
  };
  /** One invocation whose answer takes so long, awake or asleep; gives how many turns the host was awake for. */
  const answer = (awakeMs: number, asleepMs: number): number => {
    const before = state.turns;
    const beganMs = state.nowMs;
    vigil.begin();
    const tookMs = next ? awakeMs : asleepMs;
    while (state.nowMs < beganMs + tookMs && turn());
    state.nowMs = Math.max(state.nowMs, beganMs + tookMs);
    vigil.end();
    const turns = state.turns - before;
    while (turn());
    return turns;
  };
  return { vigil, state, answer, turn };
}

describe("a host that waits for a lone answer", () => {
  it("stays awake where that is sooner, and tries the other way now and then, more and more rarely", () => {
    const { answer } = setUp();
    const awake = (count: number): boolean[] => Array.from({ length: count }, () => answer(0.03, 0.045) > 0);
    const trial = Array.from({ length: 480 }, (_, index) => Math.floor(index / 80) % 2 === 0);
    expect(awake(500).some(Boolean)).toBe(false);
    expect(awake(480)).toEqual(trial);
    expect(awake(500).every(Boolean)).toBe(true);
    expect(awake(480)).toEqual(trial);
    expect(awake(1_000).every(Boolean)).toBe(true);
    expect(awake(480)).toEqual(trial);
  });

  it.each([
    ["later: others need its CPU", 0.06, 0.045],
    ["hardly sooner", 0.044, 0.045],
    ["no sooner, for answers take long either way", 5, 5],
  ])("sleeps where staying awake is %s", (_how, awakeMs, asleepMs) => {
    const { answer } = setUp();
    for (let index = 0; index < 500 + 480; index++) answer(awakeMs, asleepMs);
    for (let index = 0; index < 1_000; index++) expect(answer(awakeMs, asleepMs)).toBe(0);
    expect(answer(awakeMs, asleepMs)).toBeGreaterThan(0);
  });

  it("sleeps again when staying awake no longer pays", () => {
    const { answer } = setUp();
    for (let index = 0; index < 500 + 480 + 500; index++) answer(0.03, 0.045);
    for (let index = 0; index < 480; index++) answer(0.06, 0.045);
    expect(answer(0.06, 0.045)).toBe(0);
  });

  it("stays awake for a tenth of a millisecond at most", () => {
    const { vigil, state, turn, answer } = setUp();
    for (let index = 0; index < 500; index++) answer(0.03, 0.045);
    const beganMs = state.nowMs;
    vigil.begin();
    while (turn());
    expect(state.nowMs - beganMs).toBeGreaterThanOrEqual(0.1);
    expect(state.nowMs - beganMs).toBeLessThan(0.12);
    // The next invocation finds it waiting again.
    vigil.begin();
    expect(turn()).toBe(true);
  });

  it("judges by no answer to an invocation that others joined", () => {
    const { vigil, answer } = setUp();
    for (let index = 0; index < 700; index++) {
      vigil.begin();
      vigil.cancel();
      vigil.end();
    }
    for (let index = 0; index < 500; index++) expect(answer(0.03, 0.045)).toBe(0);
    expect(answer(0.03, 0.045)).toBeGreaterThan(0);
  });

  it("takes one turn at a time, however often it begins", () => {
    const { vigil, turn, state, answer } = setUp();
    for (let index = 0; index < 500; index++) answer(0.03, 0.045);
    for (let index = 0; index < 5; index++) vigil.begin();
    vigil.end();
    expect(turn()).toBe(true);
    expect(turn()).toBe(false);
    expect(state.turns).toBe(1);
  });
});
