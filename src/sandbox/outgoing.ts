import type { HostMessage } from "../cell/protocol.ts";
import { Vigil } from "./vigil.ts";

/** Largest invocation number; the next one is 1 again. */
const LAST_NUMBER = 0x7fff_ffff;

/** Collects what a host has to say to a cell during one turn of its loop and sends it as one batch. */
export class Outgoing {
  readonly #send: (batch: readonly HostMessage[]) => void;
  #batch: HostMessage[] = [];
  readonly #vigil = new Vigil();
  #isScheduled = false;
  #isStopped = false;
  #number = 0;

  constructor(send: (batch: readonly HostMessage[]) => void) {
    this.#send = send;
  }

  /** A number for an invocation that no other outstanding one has. */
  nextNumber(): number {
    this.#number = this.#number === LAST_NUMBER ? 1 : this.#number + 1;
    return this.#number;
  }

  add(message: HostMessage): void {
    if (this.#isStopped) return;
    // Not a microtask: answers of one batch are followed up by chains of promises of different lengths, and what they
    // send should go together.
    this.#batch.push(message);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#flushScheduled);
  }

  /** Sends what there is now; the cell had nothing to do. */
  sendAlone(): void {
    if (this.#batch.length === 0) return;
    this.#flush();
    this.#vigil.begin();
  }

  /** The cell has said something. */
  heard(): void {
    this.#vigil.end();
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#send(batch);
  }

  /** Nothing more is sent. */
  stop(): void {
    this.#isStopped = true;
    this.#vigil.cancel();
    this.#batch = [];
  }

  readonly #flushScheduled = (): void => {
    this.#isScheduled = false;
    if (this.#batch.length === 0) return;
    this.#vigil.cancel();
    this.#flush();
  };
}
