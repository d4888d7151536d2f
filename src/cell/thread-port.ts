import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { receiveMessageOnPort } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { Linger } from "./linger.ts";
import type { CellMessage, CellPort, HostMessage } from "./protocol.ts";

/** The cell's end of a transport over a worker thread's message port: a batch is one message. */
export class ThreadCellPort implements CellPort {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  post(batch: readonly CellMessage[]): void {
    this.#port.postMessage(batch);
  }

  listen(receive: (batch: readonly HostMessage[]) => void): void {
    const take = (batch: Batch): void => (batch ? receive(batch) : leave());
    const poll = (): Batch | undefined =>
      (receiveMessageOnPort(this.#port) as { message: Batch } | undefined)?.message;
    const linger = new Linger(poll, take);
    this.#port.on("message", (batch: Batch) => {
      take(batch);
      // One message, one caller that waits for its answer. Where there are many, the loop finds the next batch anyway.
      if (batch?.length === 1) linger.wait();
    });
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
