import { machineOffset } from "../base/clock.ts";
import { Board, BOARD_TIMES_OFFSET, mayHideRevocation } from "./board-layout.ts";

/** Where a cell notes what it is doing, for a host to read while the cell can't answer. */
export interface CellBoard {
  /** A batch is being handled; `sentMs` is when its host sent it, if the transport tells. */
  sent(sentMs: number): void;
  /** An invocation has come with the batch. */
  arrived(number: number): void;
  /** Nothing more of the batch is to be done. */
  turnEnded(): void;
  /** Notes that an invocation starts. False when the host has revoked it, or may have: it must not start any more. */
  started(number: number): boolean;
  finished(number: number): void;
  enter(environment: number): void;
  leave(): void;
}

/** What `performance.now()` lacks to the machine's monotonic clock, which all its threads and processes share. */
export const machineOffsetMs: number = machineOffset();

/** The board of a cell in a thread: memory it shares with its host. */
export class ProgressBoard implements CellBoard {
  readonly #integers: Int32Array;
  readonly #times: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#integers = new Int32Array(memory);
    this.#times = new Float64Array(memory, BOARD_TIMES_OFFSET);
  }

  sent(): void {
    // The host sees at once what is noted here, and the cell what the host revokes.
  }

  arrived(): void {
    // What comes is looked up when it starts.
  }

  turnEnded(): void {
    // That nothing runs is noted after each run.
  }

  started(number: number): boolean {
    const slot = number % Board.Slots;
    const index = Board.Numbers + slot;
    const before = Atomics.load(this.#integers, index);
    if (before === -number || mayHideRevocation(-before, number)) return false;
    this.#times[slot] = performance.now() + machineOffsetMs;
    return Atomics.compareExchange(this.#integers, index, before, number) === before;
  }

  finished(number: number): void {
    const index = Board.Numbers + (number % Board.Slots);
    if (this.#integers[index] === number) Atomics.store(this.#integers, index, -number);
  }

  enter(environment: number): void {
    Atomics.add(this.#integers, Board.Run, 1);
    Atomics.store(this.#integers, Board.RunningEnvironment, environment);
  }

  leave(): void {
    Atomics.store(this.#integers, Board.RunningEnvironment, 0);
  }
}
