import { Board } from "../cell/board-layout.ts";

/** Tells a cell in a thread, by its board, that a batch has been sent: it may sleep past its event loop. */
export function ring(integers: Int32Array): void {
  Atomics.add(integers, Board.Bell, 1);
  Atomics.notify(integers, Board.Bell);
}
