import type { CellMessage, CellPort } from "./protocol.ts";

/** A batch is sent early once it holds this many messages, so that a flood of logs takes no unbounded memory. */
const BATCH_LIMIT = 1_024;

/** Collects what a cell has to say during one turn of its loop and sends it as one batch. */
export class Outbox {
  readonly #port: CellPort;
  #batch: CellMessage[] = [];
  #scheduled = false;
  #held = false;

  constructor(port: CellPort) {
    this.#port = port;
  }

  /** Whether something is to be sent in a later turn. */
  get isScheduled(): boolean {
    return this.#scheduled;
  }

  add(message: CellMessage): void {
    this.#batch.push(message);
    if (this.#batch.length >= BATCH_LIMIT) this.flush();
    else if (!this.#scheduled && !this.#held) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
  }

  /** Whoever holds it flushes it: nothing is scheduled until then. */
  hold(isHeld: boolean): void {
    this.#held = isHeld;
  }

  flush(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#port.post(batch);
  }
}
