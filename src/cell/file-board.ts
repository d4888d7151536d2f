import { readSync, writeSync } from "node:fs";
import { BoardFile, FRESH_MS, recordOffset, revocationOffset } from "./board-file.ts";
import { machineOffsetMs } from "./board.ts";
import type { CellBoard } from "./board.ts";
import { mayHideRevocation } from "./board-layout.ts";

/** The board of a cell in a process: a file that its host has opened. Every note is one write to it. */
export class FileBoard implements CellBoard {
  readonly #file: number;
  readonly #record = new DataView(new ArrayBuffer(16));
  /** The same bytes: on Node 24 `fs` was seen to refuse a `DataView` after thousands of writes. */
  readonly #recordBytes: Uint8Array = new Uint8Array(this.#record.buffer);
  readonly #word = new Int32Array(1);
  readonly #wordBytes: Uint8Array = new Uint8Array(this.#word.buffer);
  /** The invocation that each slot is for, as the file says. */
  readonly #numbers = new Int32Array(BoardFile.Slots);
  /** Until when what the present batch holds can't have been revoked; on `performance.now()`'s scale. */
  #freshUntilMs = 0;
  /** Number of the first invocation that came with it; 0 when none did. */
  #firstOfBatch = 0;
  #isInTurn = false;
  #isIdle = true;

  constructor(file: number) {
    this.#file = file;
  }

  sent(sentMs: number): void {
    this.#isInTurn = true;
    this.#freshUntilMs = sentMs - machineOffsetMs + FRESH_MS;
    this.#firstOfBatch = 0;
  }

  arrived(number: number): void {
    if (this.#firstOfBatch === 0) this.#firstOfBatch = number;
  }

  turnEnded(): void {
    this.#isInTurn = false;
    this.#freshUntilMs = 0;
    this.#firstOfBatch = 0;
    this.#noteIdle();
  }

  started(number: number): boolean {
    const nowMs = performance.now();
    this.#numbers[number % BoardFile.Slots] = number;
    // Either side writes first and then reads what the other has written, so that one of the two sees the other.
    this.#write(recordOffset(number), number, 0, nowMs);
    if (this.#isOfBatch(number) && performance.now() < this.#freshUntilMs) return true;
    readSync(this.#file, this.#wordBytes, 0, 4, revocationOffset(number));
    const revoked = this.#word[0] ?? 0;
    return revoked !== number && !mayHideRevocation(revoked, number);
  }

  /** Whether it has come with the present batch, and not with one before it that has kept it waiting. */
  #isOfBatch(number: number): boolean {
    return this.#firstOfBatch > 0 && (number - this.#firstOfBatch) << 1 >= 0;
  }

  finished(number: number): void {
    // A later one that shares the slot goes on.
    if (this.#numbers[number % BoardFile.Slots] !== number) return;
    this.#word[0] = -number;
    writeSync(this.#file, this.#wordBytes, 0, 4, recordOffset(number));
  }

  enter(environment: number): void {
    this.#isIdle = false;
    this.#write(0, environment, 0, performance.now());
  }

  leave(): void {
    this.#isIdle = true;
    // Within a batch the next run follows at once, or the turn ends.
    if (!this.#isInTurn) this.#write(0, 0, 0, 0);
  }

  #noteIdle(): void {
    if (this.#isIdle) this.#write(0, 0, 0, 0);
  }

  #write(offset: number, first: number, second: number, ms: number): void {
    const record = this.#record;
    record.setInt32(0, first, true);
    record.setInt32(4, second, true);
    record.setFloat64(8, ms + machineOffsetMs, true);
    writeSync(this.#file, this.#recordBytes, 0, 16, offset);
  }
}
