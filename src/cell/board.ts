import { Board } from "./protocol.ts";

/** Where a cell notes what it is doing, for a host to read while the cell can't answer. */
export class ProgressBoard {
  readonly #cells: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory);
  }

  started(number: number): void {
    Atomics.store(this.#cells, Board.LastStarted, number);
  }

  enter(environment: number): void {
    Atomics.store(this.#cells, Board.RunningEnvironment, environment);
  }

  leave(): void {
    Atomics.store(this.#cells, Board.RunningEnvironment, 0);
  }
}
