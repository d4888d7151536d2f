import { machineMs } from "../base/clock.ts";
import { Board, BOARD_TIMES_OFFSET } from "./protocol.ts";

/** Where a cell notes what it is doing, for a host to read while the cell can't answer. */
export class ProgressBoard {
  readonly #integers: Int32Array;
  readonly #times: Float64Array;
  /** What `performance.now()` lacks to the machine's monotonic clock, which all threads share. */
  readonly #offsetMs: number = machineMs() - performance.now();

  constructor(memory: SharedArrayBuffer) {
    this.#integers = new Int32Array(memory);
    this.#times = new Float64Array(memory, BOARD_TIMES_OFFSET);
  }

  /** Notes that an invocation starts. False when the host has revoked it: it must not start any more. */
  started(number: number): boolean {
    const slot = number % Board.Slots;
    const index = Board.Numbers + slot;
    const before = Atomics.load(this.#integers, index);
    if (before === -number) return false;
    this.#times[slot] = performance.now() + this.#offsetMs;
    return Atomics.compareExchange(this.#integers, index, before, number) === before;
  }

  finished(number: number): void {
    const index = Board.Numbers + (number % Board.Slots);
    if (this.#integers[index] === number) Atomics.store(this.#integers, index, -number);
  }

  enter(environment: number): void {
    Atomics.store(this.#integers, Board.RunningEnvironment, environment);
  }

  leave(): void {
    Atomics.store(this.#integers, Board.RunningEnvironment, 0);
  }
}
