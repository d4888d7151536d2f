import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { receiveMessageOnPort } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { Doze } from "./doze.ts";
import type { CellMessage, CellPort, HostMessage } from "./protocol.ts";

/** Batches taken one after the other before the loop has its turn, with its timers and immediates. */
const TURN_LIMIT = 64;

/** The cell's end of a transport over a worker thread's message port: a batch is one message. */
export class ThreadCellPort implements CellPort {
  readonly #port: MessagePort;
  readonly #doze: Doze;

  /** `board` has the bell that the host rings after every message. */
  constructor(port: MessagePort, board: Int32Array) {
    this.#port = port;
    this.#doze = new Doze(board);
  }

  post(batch: readonly CellMessage[]): void {
    this.#port.postMessage(batch);
  }

  listen(receive: (batch: readonly HostMessage[]) => void, isQuiet: () => boolean): void {
    const take = (batch: Batch): void => {
      if (batch) receive(batch);
      else leave();
    };
    this.#port.on("message", (batch: Batch) => {
      take(batch);
      this.#takeMore(take, isQuiet);
    });
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

/**
 * Ends the thread with no garbage collection under way. One that is, V8 finishes while it takes the thread's own isolate
 * down, and isolated-vm then aborts the process for a handle it finds dead (seen with 7.0.1 on Node 24).
 */
function leave(): never {
  collectGarbage();
  process.exit();
}

/** A few milliseconds, where what Node offers without a flag takes forty. */
function collectGarbage(): void {
  const gc = globalThis.gc ?? exposeGc();
  gc();
}

/** The flag is the process's, and so set for no longer than this takes; guests have what they get of it deleted. */
function exposeGc(): () => void {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  setFlagsFromString("--no-expose-gc");
  return gc;
}
