import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Doze } from "../../src/cell/doze.ts";
import { BOARD_BYTES } from "../../src/cell/board-layout.ts";
import { ring } from "../../src/sandbox/bell.ts";

function setUp() {
  const memory = new SharedArrayBuffer(BOARD_BYTES);
  const board = new Int32Array(memory);
  return { memory, board, doze: new Doze(board, true) };
}

/** A thread that rings when its board's first integer is set. */
const RINGER = `
  const { workerData } = require("node:worker_threads");
  const board = new Int32Array(workerData.memory);
  for (let round = 1; round <= workerData.rounds; round++) {
    while (Atomics.load(board, 0) !== round);
    Atomics.add(board, workerData.bell, 1);
    Atomics.notify(board, workerData.bell);
  }`;

describe("a cell that waits for its bell", () => {
  it("hears at once what was rung before it waits", () => {
    const { board, doze } = setUp();
    const { rung } = doze;
    ring(board);
    expect(doze.untilAfter(rung, false)).toBe(true);
    expect(doze.untilAfter(doze.rung, false)).toBe(false);
  });

  it("goes back to its loop when nobody rings, asleep or not", () => {
    const { doze } = setUp();
    for (let turn = 0; turn < 6; turn++) expect(doze.untilAfter(doze.rung, turn % 2 === 0)).toBe(false);
  });

  it("waits for nothing where it can't, whatever is rung", () => {
    const { board } = setUp();
    const unable = new Doze(board, false);
    const { rung } = unable;
    ring(board);
    expect(unable.untilAfter(rung, true)).toBe(false);
  });

  it("is woken from its sleep, every time", async () => {
    const { memory, board, doze } = setUp();
    const rounds = 500;
    const bell = 2;
    const ringer = new Worker(RINGER, { eval: true, workerData: { memory, rounds, bell } });
    for (let round = 1; round <= rounds; round++) {
      const { rung } = doze;
      Atomics.store(board, 0, round);
      // A thread that has just started, or has to wait for a CPU, may take longer than one sleep.
      let heard = false;
      while (!heard) heard = doze.untilAfter(rung, true);
      expect(doze.rung).toBe(round);
    }
    await ringer.terminate();
  });

  it("looks no more for a while after staying awake was in vain, and hears all the same", () => {
    const { board, doze } = setUp();
    for (let turn = 0; turn < 4; turn++) doze.untilAfter(doze.rung, false);
    const { rung } = doze;
    ring(board);
    expect(doze.untilAfter(rung, false)).toBe(true);
    expect(doze.untilAfter(doze.rung, false)).toBe(false);
  });
});
