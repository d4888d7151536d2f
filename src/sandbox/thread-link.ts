import { Worker } from "node:worker_threads";
import type { CellMessage, HostMessage } from "../cell/protocol.ts";
import { Board } from "../cell/protocol.ts";
import { abandonThread, forgetThread } from "./exit-guard.ts";
import type { CellLink, CellProgress, LinkListener } from "./link.ts";
import { cellProgram } from "./program.ts";

/** How long an ended thread may take before it counts as one that can't be ended. */
const END_GRACE_MS = 1_000;

/** Heap of the cell program itself, in MB; the guests' heaps are their own isolates'. */
const CELL_HEAP_MB = 256;

/**
 * Thread stack, in MB. Guests run on the cell's own thread, and V8 lets each of them use about 1 MB of it; the rest is
 * for the native code they call at depth.
 */
const CELL_STACK_MB = 8;

/** A cell in a worker thread of the host. */
export class ThreadLink implements CellLink {
  readonly #worker: Worker;
  readonly #board: Int32Array;
  #listener: LinkListener | undefined;

  constructor(listener: LinkListener) {
    const memory = new SharedArrayBuffer(Board.Length * Int32Array.BYTES_PER_ELEMENT);
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
    this.#worker.on("message", (batch: readonly CellMessage[]) => this.#listener?.batch(batch));
    this.#worker.on("error", (error) => this.#exited(`${error.name}: ${error.message}`));
    this.#worker.on("exit", (code) => this.#exited(`exit code ${code}`));
  }

  post(batch: readonly HostMessage[]): void {
    this.#worker.postMessage(batch);
  }

  progress(): CellProgress {
    return {
      lastStarted: Atomics.load(this.#board, Board.LastStarted),
      runningEnvironment: Atomics.load(this.#board, Board.RunningEnvironment),
    };
  }

  hold(alive: boolean): void {
    if (alive) this.#worker.ref();
    else this.#worker.unref();
  }

  async end(): Promise<void> {
    this.#listener = undefined;
    abandonThread(this);
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), END_GRACE_MS);
    });
    this.#worker.ref();
    const ended = await Promise.race([this.#worker.terminate().then(() => true), grace]);
    clearTimeout(timer);
    this.#worker.unref();
    if (ended) forgetThread(this);
  }

  abandon(): void {
    void this.end();
  }

  #exited(reason: string): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.exited(reason);
  }
}
