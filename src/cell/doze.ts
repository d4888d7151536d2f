import { Board } from "./board-layout.ts";

/** How long a cell stays awake for its next message: a lone caller's host takes up to half of it to send one. */
const AWAKE_MS = 0.1;

/** How long it then sleeps on its bell before it goes back to its event loop, which has other things to look after. */
const SLEEP_MS = 10;

/** Times in a row that staying awake was in vain after which it is not done for a while, and how often it is then left out. */
const MISSES = 4;
const PAUSE = 64;

/**
 * Before Node 26 a cell waits in its event loop only: isolated-vm was seen to abort the process on Node 24 (1 in 24 runs of
 * a program made for it) when a thread ended that had hardly been there.
 */
const CAN_DOZE = Number.parseInt(process.versions.node, 10) >= 26;

/**
 * How a cell in a thread waits for the next message: awake for a moment, as long as that pays, then asleep on the bell
 * of its board. Both are sooner over than sleeping in the event loop is, and cost the host less: a thread that doesn't
 * wait in its loop need not be told through a pipe.
 */
export class Doze {
  readonly #board: Int32Array;
  readonly #isAble: boolean;
  #misses = 0;
  #paused = 0;

  constructor(board: Int32Array, isAble: boolean = CAN_DOZE) {
    this.#board = board;
    this.#isAble = isAble;
  }

  /** How often the bell has been rung. To be read before looking for messages. */
  get rung(): number {
    return Atomics.load(this.#board, Board.Bell);
  }

  /** Waits for the bell to be rung after it was `rung` times. False when that takes long; at once, unless it may sleep. */
  untilAfter(rung: number, maySleep: boolean): boolean {
    if (!this.#isAble) return false;
    if (this.#stayAwake(rung)) return true;
    return maySleep && Atomics.wait(this.#board, Board.Bell, rung, SLEEP_MS) !== "timed-out";
  }

  #stayAwake(rung: number): boolean {
    if (this.#paused > 0) {
      this.#paused--;
      return this.rung !== rung;
    }
    const untilMs = performance.now() + AWAKE_MS;
    do {
      if (this.rung !== rung) {
        this.#misses = 0;
        return true;
      }
    } while (performance.now() < untilMs);
    if (++this.#misses >= MISSES) {
      this.#misses = 0;
      this.#paused = PAUSE;
    }
    return false;
  }
}
