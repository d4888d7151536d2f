import { ftruncateSync, writeSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { machineMs } from "../../src/base/clock.ts";
import { ProgressBoard } from "../../src/cell/board.ts";
import type { CellBoard } from "../../src/cell/board.ts";
import { recordOffset } from "../../src/cell/board-file.ts";
import { FileBoard } from "../../src/cell/file-board.ts";
import { Board, BOARD_BYTES } from "../../src/cell/board-layout.ts";
import { BoardFileReader } from "../../src/sandbox/board-file-reader.ts";
import { BoardReader } from "../../src/sandbox/board-reader.ts";
import type { CellProgress } from "../../src/sandbox/link.ts";

interface Sides {
  readonly cell: CellBoard;
  readonly host: CellProgress;
}

function inMemory(): Sides {
  const memory = new SharedArrayBuffer(BOARD_BYTES);
  return { cell: new ProgressBoard(memory), host: new BoardReader(memory) };
}

function inFile() {
  const host = new BoardFileReader();
  onTestFinished(() => host.close());
  return { cell: new FileBoard(host.file), host };
}

/** With all that the tests are about sent so long ago that it can be revoked. */
function inFileLongSent(): Sides {
  const sides = inFile();
  for (let number = 1; number < 10; number++) sides.host.sent(number, machineMs() - 1_000);
  return sides;
}

const BOARDS: readonly (readonly [string, () => Sides])[] = [
  ["memory", inMemory],
  ["a file", inFileLongSent],
];

describe.each(BOARDS)("the board in %s on which a cell notes its progress", (_name, makeBoard) => {
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
    expect(host.running()).toBeUndefined();
    cell.enter(7);
    expect(host.running()?.environment).toBe(7);
    cell.leave();
    expect(host.running()).toBeUndefined();
  });
});

describe("the board in a file", () => {
  it("doesn't revoke what has only just been sent, unless its cell is dead", () => {
    const { cell, host } = inFile();
    const nowMs = machineMs();
    host.sent(1, nowMs);
    expect(host.revoke(1)).toBe(false);
    cell.sent(nowMs);
    expect(cell.started(1)).toBe(true);
    host.sent(2, machineMs());
    host.cellDied();
    expect(host.revoke(2)).toBe(true);
  });

  it("doesn't revoke what has yet to be sent", () => {
    const { cell, host } = inFile();
    expect(host.revoke(1)).toBe(false);
    const nowMs = machineMs();
    host.sent(1, nowMs);
    cell.sent(nowMs);
    cell.arrived(1);
    expect(cell.started(1)).toBe(true);
  });

  it("looks up what came with an earlier batch, however fresh the present one is", () => {
    const { cell, host } = inFile();
    host.sent(1, machineMs() - 1_000);
    cell.sent(machineMs() - 1_000);
    cell.arrived(1);
    cell.turnEnded();
    expect(host.revoke(1)).toBe(true);
    host.sent(2, machineMs());
    cell.sent(machineMs());
    cell.arrived(2);
    expect(cell.started(1)).toBe(false);
    expect(cell.started(2)).toBe(true);
  });

  it("tells of nothing once its file is cut off or closed", () => {
    const { cell, host } = inFile();
    cell.enter(7);
    cell.started(1);
    ftruncateSync(host.file, 0);
    expect(host.running()).toBeUndefined();
    expect(host.invocation(1)).toBe("waiting");
    host.close();
    host.close();
    expect(host.running()).toBeUndefined();
  });

  it("lets an invocation neither start anew nor in the future", () => {
    const { cell, host } = inFile();
    cell.started(1);
    const first = host.invocation(1) as number;
    cell.started(1);
    expect(host.invocation(1)).toBeGreaterThanOrEqual(first);
    const record = new DataView(new ArrayBuffer(16));
    record.setInt32(0, 2, true);
    record.setFloat64(8, machineMs() + 60_000, true);
    writeSync(host.file, record, 0, 16, recordOffset(2));
    expect(host.invocation(2)).toBe(Infinity);
  });
});
