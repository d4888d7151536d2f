import { queryObjects, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { receiveMessageOnPort } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { Board, Leaving } from "./board-layout.ts";
import { Doze } from "./doze.ts";
import type { CellMessage, CellPort, HostMessage } from "./protocol.ts";

/** Batches taken one after the other before the loop has its turn, with its timers and immediates. */
const TURN_LIMIT = 64;

/** The cell's end of a transport over a worker thread's message port: a batch is one message. */
export class ThreadCellPort implements CellPort {
  readonly #port: MessagePort;
  readonly #board: Int32Array;
  readonly #doze: Doze;

  /** `board` has the bell that the host rings after every message. */
  constructor(port: MessagePort, board: Int32Array) {
    this.#port = port;
    this.#board = board;
    this.#doze = new Doze(board);
  }

  post(batch: readonly CellMessage[]): void {
    this.#port.postMessage(batch);
  }

  listen(receive: (batch: readonly HostMessage[]) => void, isQuiet: () => boolean): void {
    process.once("exit", () => this.#prepareToEnd());
    const take = (batch: Batch): void => {
      if (!batch) process.exit();
      receive(batch);
    };
    this.#port.on("message", (batch: Batch) => {
      take(batch);
      this.#takeMore(take, isQuiet);
    });
  }

  /**
   * A thread must not end with a garbage collection under way. V8 finishes it while it takes the thread's own isolate down,
   * and isolated-vm then aborts the process for a handle it finds dead (seen with 7.0.1 on Node 24 and 26).
   */
  #prepareToEnd(): void {
    collectGarbage();
    Atomics.store(this.#board, Board.Leaving, Leaving.Ready);
    Atomics.notify(this.#board, Board.Leaving);
  }

  /** Takes what comes soon after, past the event loop: going to sleep in it and being woken takes longer than a short run. */
  #takeMore(take: (batch: Batch) => void, isQuiet: () => boolean): void {
    for (let taken = 0; taken < TURN_LIMIT;) {
      const { rung } = this.#doze;
      const received = receiveMessageOnPort(this.#port) as { readonly message: Batch } | undefined;
      if (received) {
        take(received.message);
        taken++;
      } else if (!this.#doze.untilAfter(rung, isQuiet())) return;
    }
  }
}

/** What comes over the port: messages, or `null` for the thread to end. */
type Batch = readonly HostMessage[] | null;

/** A few milliseconds, where what Node offers without a flag takes forty. */
function collectGarbage(): void {
  try {
    const gc = globalThis.gc ?? exposeGc();
    gc();
  } catch {
    // Another thread that ends has taken the flag back in between.
    queryObjects(ThreadCellPort, { format: "count" });
  }
}

/** The flag is the process's, and so set for no longer than this takes; guests have what they get of it deleted. */
function exposeGc(): () => void {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  setFlagsFromString("--no-expose-gc");
  return gc;
}
