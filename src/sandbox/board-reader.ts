import { machineMs } from "../base/clock.ts";
import { Board, BOARD_TIMES_OFFSET } from "../cell/board-layout.ts";
import type { CellProgress, InvocationProgress, RunningGuest } from "./link.ts";

/** Reads the board on which a cell in a thread notes its progress. */
export class BoardReader implements CellProgress {
  readonly #integers: Int32Array;
  readonly #times: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#integers = new Int32Array(memory);
    this.#times = new Float64Array(memory, BOARD_TIMES_OFFSET);
  }

  running(): RunningGuest | undefined {
    const environment = Atomics.load(this.#integers, Board.RunningEnvironment);
    return environment === 0 ? undefined : { environment, run: Atomics.load(this.#integers, Board.Run) };
  }

  revoke(number: number): boolean {
    const index = Board.Numbers + (number % Board.Slots);
    const before = Atomics.load(this.#integers, index);
    if (Math.abs(before) === number) return false;
    // A later one in the same slot hides whether this one started: then it counts as started.
    if (isAfter(Math.abs(before), number)) return false;
    return Atomics.compareExchange(this.#integers, index, before, -number) === before;
  }

  invocation(number: number): InvocationProgress {
    const slot = number % Board.Slots;
    const noted = Atomics.load(this.#integers, Board.Numbers + slot);
    if (noted === -number) return "finished";
    if (noted !== number) return isAfter(Math.abs(noted), number) ? Infinity : "waiting";
    return Math.max(0, machineMs() - (this.#times[slot] ?? 0));
  }
}

/**
 * Whether `other` was numbered after `number`, on a circle of 2^31 numbers of which the nearer half lies ahead. A slot
 * that a later invocation has taken over says no more than that this one has been there for long.
 */
export function isAfter(other: number, number: number): boolean {
  return other !== 0 && (other - number) << 1 > 0;
}
