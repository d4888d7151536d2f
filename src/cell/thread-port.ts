import type { MessagePort } from "node:worker_threads";
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
    this.#port.on("message", receive);
  }
}
