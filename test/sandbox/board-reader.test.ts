import { describe, expect, it } from "vitest";
import { ProgressBoard } from "../../src/cell/board.ts";
import { Board, BOARD_BYTES } from "../../src/cell/protocol.ts";
import { BoardReader } from "../../src/sandbox/board-reader.ts";

function makeBoard() {
  const memory = new SharedArrayBuffer(BOARD_BYTES);
  return { cell: new ProgressBoard(memory), host: new BoardReader(memory) };
}

describe("the board a cell in a thread notes its progress on", () => {
  it("tells what waits, what runs and what is done", () => {
    const { cell, host } = makeBoard();
    cell.started(1);
    cell.finished(1);
    cell.started(2);
    expect(host.invocation(1)).toBe("finished");
    expect(host.invocation(2)).toEqual(expect.any(Number));
    expect(host.invocation(3)).toBe("waiting");
  });

  it("tells of each by itself, in whatever order they start", () => {
    const { cell, host } = makeBoard();
    cell.started(3);
    cell.started(1);
    cell.finished(3);
    expect([1, 2, 3].map((number) => typeof host.invocation(number))).toEqual(["number", "string", "string"]);
    expect([2, 3].map((number) => host.invocation(number))).toEqual(["waiting", "finished"]);
  });

  it("counts the time since the invocation's own start", () => {
    const { cell, host } = makeBoard();
    cell.started(1);
    const first = host.invocation(1) as number;
    const second = host.invocation(1) as number;
    expect(first).toBeGreaterThanOrEqual(0);
    expect(second).toBeGreaterThanOrEqual(first);
  });

  it("goes on when numbers begin anew", () => {
    const { cell, host } = makeBoard();
    const last = 0x7fff_ffff;
    cell.started(last);
    expect(host.invocation(last)).toEqual(expect.any(Number));
    expect(host.invocation(1)).toBe("waiting");
    cell.started(1);
    expect(host.invocation(1)).toEqual(expect.any(Number));
    expect(host.invocation(last)).not.toBe("waiting");
    expect(host.invocation(2)).toBe("waiting");
  });

  it("calls one that it has no slot for any more one that has run for ever", () => {
    const { cell, host } = makeBoard();
    for (let number = 1; number <= Board.Slots + 1; number++) cell.started(number);
    expect(host.invocation(1)).toBe(Infinity);
    cell.finished(1);
    expect(host.invocation(Board.Slots + 1)).toEqual(expect.any(Number));
  });

  it("keeps a revoked invocation from starting, and a started one from being revoked", () => {
    const { cell, host } = makeBoard();
    expect(cell.started(1)).toBe(true);
    expect(host.revoke(1)).toBe(false);
    cell.finished(1);
    expect(host.revoke(1)).toBe(false);
    expect(host.revoke(2)).toBe(true);
    expect(cell.started(2)).toBe(false);
    expect(cell.started(3)).toBe(true);
  });

  it("doesn't revoke what a later invocation has hidden", () => {
    const { cell, host } = makeBoard();
    cell.started(1 + Board.Slots);
    expect(host.revoke(1)).toBe(false);
    expect(cell.started(1 + 2 * Board.Slots)).toBe(true);
  });

  it("tells which environment runs", () => {
    const { cell, host } = makeBoard();
    expect(host.runningEnvironment()).toBe(0);
    cell.enter(7);
    expect(host.runningEnvironment()).toBe(7);
    cell.leave();
    expect(host.runningEnvironment()).toBe(0);
  });
});
