import { randomUUID } from "node:crypto";
import { closeSync, existsSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineMs } from "../base/clock.ts";
import {
  BOARD_FILE_BYTES,
  BoardFile,
  recordOffset,
  REVOCABLE_AFTER_MS,
  revocationOffset,
} from "../cell/board-file.ts";
import { isAfter } from "./board-reader.ts";
import type { CellProgress, InvocationProgress, RunningGuest } from "./link.ts";

/** Memory of the machine in a file's clothes, where there is such a thing. */
const MEMORY_FOLDER = "/dev/shm";

/** An invocation's record. */
interface Noted {
  /** Negative once it is finished. */
  readonly number: number;
  readonly startedMs: number;
}

/** The host's side of the file in which a cell in a process notes its progress. What it says is the cell's word. */
export class BoardFileReader implements CellProgress {
  /** To be inherited by the cell. */
  readonly file: number;
  readonly #record = new DataView(new ArrayBuffer(BoardFile.RecordBytes));
  /** The same bytes: on Node 24 `fs` was seen to refuse a `DataView` after thousands of writes. */
  readonly #recordBytes: Uint8Array = new Uint8Array(this.#record.buffer);
  readonly #word = new Int32Array(1);
  readonly #wordBytes: Uint8Array = new Uint8Array(this.#word.buffer);
  /** What has gone out, and when, for each slot the last. */
  readonly #sent = new Int32Array(BoardFile.Slots);
  readonly #sentMs = new Float64Array(BoardFile.Slots);
  /** When each invocation was first seen to have started, so that the cell can't begin it anew and anew. */
  readonly #seenMs = new Float64Array(BoardFile.Slots).fill(Infinity);
  #isCellDead = false;
  #isClosed = false;

  constructor() {
    const folder = existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
    const path = join(folder, `isolet-${randomUUID()}`);
    this.file = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    ftruncateSync(this.file, BOARD_FILE_BYTES);
  }

  /** An invocation goes out. */
  sent(number: number, sentMs: number): void {
    this.#sent[number % BoardFile.Slots] = number;
    this.#sentMs[number % BoardFile.Slots] = sentMs;
    this.#seenMs[number % BoardFile.Slots] = Infinity;
  }

  /** The cell has been killed: nothing that hasn't started ever will. */
  cellDied(): void {
    this.#isCellDead = true;
  }

  running(): RunningGuest | undefined {
    this.#read(0);
    const environment = this.#record.getInt32(0, true);
    return environment > 0 ? { environment, run: this.#record.getFloat64(8, true) } : undefined;
  }

  invocation(number: number): InvocationProgress {
    const noted = this.#noted(number);
    if (noted.number === -number) return "finished";
    if (noted.number !== number) return isAfter(Math.abs(noted.number), number) ? Infinity : "waiting";
    // Only a cell that lies has started it later than now, or at what is no time.
    const nowMs = machineMs();
    const startedMs = noted.startedMs <= nowMs + 1 ? noted.startedMs : -Infinity;
    const seenMs = Math.min(startedMs, this.#seenMs[number % BoardFile.Slots] ?? Infinity);
    this.#seenMs[number % BoardFile.Slots] = seenMs;
    return Math.max(0, nowMs - seenMs);
  }

  revoke(number: number): boolean {
    if (this.invocation(number) !== "waiting") return false;
    if (this.#isCellDead) return true;
    // One that has only just been sent, or is yet to be, starts without the cell looking.
    if (!this.#wasSentLongAgo(number)) return false;
    this.#word[0] = number;
    writeSync(this.file, this.#wordBytes, 0, 4, revocationOffset(number));
    return this.invocation(number) === "waiting";
  }

  #wasSentLongAgo(number: number): boolean {
    const slot = number % BoardFile.Slots;
    return this.#sent[slot] === number && machineMs() - (this.#sentMs[slot] ?? 0) >= REVOCABLE_AFTER_MS;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.file);
  }

  #noted(number: number): Noted {
    this.#read(recordOffset(number));
    return { number: this.#record.getInt32(0, true), startedMs: this.#record.getFloat64(8, true) };
  }

  #read(offset: number): void {
    if (this.#isClosed) {
      this.#record.setInt32(0, 0, true);
      return;
    }
    const size = readSync(this.file, this.#recordBytes, 0, BoardFile.RecordBytes, offset);
    // The cell can cut the file.
    if (size < BoardFile.RecordBytes) this.#record.setInt32(0, 0, true);
  }
}
