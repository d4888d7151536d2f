import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { CellMessage, HostMessage } from "../cell/protocol.ts";
import { Board, BOARD_BYTES, Leaving } from "../cell/board-layout.ts";
import { ring } from "./bell.ts";
import { BoardReader } from "./board-reader.ts";
import { forgetThread, guardThread } from "./exit-guard.ts";
import type { GuardedThread } from "./exit-guard.ts";
import type { CellLink, CellProgress, LinkListener } from "./link.ts";
import { cellProgram } from "./program.ts";

/** How long a thread may take to end before it counts as one that can't be ended. */
const END_GRACE_MS = 1_500;

/** Heap of the cell program itself, in MB; the guests' heaps are their own isolates'. */
const CELL_HEAP_MB = 256;

/**
 * Thread stack, in MB. Guests run on the cell's own thread, and V8 lets each of them use about 1 MB of it; the rest is
 * for the native code they call at depth.
 */
const CELL_STACK_MB = 8;

/**
 * V8's optimizing compiler takes the interrupt check out of some loops that only call built-ins, such as
 * `for (;;) list.push(new Array(1000).fill(0))`; neither a timeout nor the memory limit then ends them, and the host
 * runs out of memory. Without that phase it does not (seen on V8 13.6 and 14.6). The flag holds for the whole process,
 * costs nothing that could be measured, and must be set before the code in question is compiled.
 */
function keepLoopsInterruptible(): void {
  if (flagsSet) return;
  flagsSet = true;
  setFlagsFromString("--no-turboshaft-loop-unrolling");
}

let flagsSet = false;

/** How long a guest that should end may hold its thread: giving one up by mistake costs a thread for ever. */
const PATIENCE_MS = 250;

/** A cell in a worker thread of the host. */
export class ThreadLink implements CellLink, GuardedThread {
  readonly patienceMs: number = PATIENCE_MS;
  readonly #worker: Worker;
  readonly #board: Int32Array;
  readonly progress: CellProgress;
  #listener: LinkListener | undefined;
  #gone = false;
  #isStuck = false;

  constructor(listener: LinkListener) {
    keepLoopsInterruptible();
    const memory = new SharedArrayBuffer(BOARD_BYTES);
    this.progress = new BoardReader(memory);
    this.#board = new Int32Array(memory);
    this.#listener = listener;
    this.#worker = new Worker(cellProgram(), {
      name: "isolet-cell",
      workerData: { board: memory },
      env: {},
      execArgv: [],
      argv: [],
      resourceLimits: { maxOldGenerationSizeMb: CELL_HEAP_MB, stackSizeMb: CELL_STACK_MB },
    });
    guardThread(this);
    this.#worker.on("message", (batch: readonly CellMessage[]) => this.#listener?.batch(batch));
    this.#worker.on("error", (error: unknown) => this.#exited(String(error)));
    this.#worker.on("exit", (code) => {
      this.#gone = true;
      forgetThread(this);
      this.#exited(`exit code ${code}`);
    });
  }

  post(batch: readonly HostMessage[]): void {
    this.#send(batch);
  }

  #send(batch: readonly HostMessage[] | null): void {
    this.#worker.postMessage(batch);
    ring(this.#board);
  }

  /** Its memory is the host's, too. */
  memoryBytes(): number {
    return 0;
  }

  hold(alive: boolean): void {
    if (alive) this.#worker.ref();
    else this.#worker.unref();
  }

  /**
   * The thread ends by itself, when what it does now is over: that is safe (see `cell/thread-port.ts`), and ending it
   * from here would not be sooner, as nothing but its own limits ends a guest's run.
   */
  async end(): Promise<void> {
    this.#listener = undefined;
    this.#worker.ref();
    const left = new Promise<void>((resolve) => this.#worker.once("exit", () => resolve()));
    this.askToLeave();
    this.#isStuck = !this.#gone && !(await within(END_GRACE_MS, left));
    this.#worker.unref();
  }

  get isStuck(): boolean {
    return this.#isStuck;
  }

  askToLeave(): void {
    Atomics.compareExchange(this.#board, Board.Leaving, Leaving.No, Leaving.Asked);
    this.#send(null);
  }

  awaitLeaving(limitMs: number): boolean {
    const giveUpMs = performance.now() + limitMs;
    for (;;) {
      const leaving = Atomics.load(this.#board, Board.Leaving);
      const restMs = giveUpMs - performance.now();
      if (leaving === Leaving.Ready || restMs <= 0) return leaving === Leaving.Ready;
      Atomics.wait(this.#board, Board.Leaving, leaving, restMs);
    }
  }

  abandon(): void {
    void this.end();
  }

  #exited(reason: string): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.exited(`the cell ended: ${reason}`, "exit");
  }
}

/** Whether `done` comes within `limitMs`. */
async function within(limitMs: number, done: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const came = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return came;
}
