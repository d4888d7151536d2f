import type { CompiledMessage } from "../cell/protocol.ts";

/** The compiles a cell was asked for and has not answered. */
export class CompileJobs {
  readonly #waiting = new Map<number, (message: CompiledMessage | undefined) => void>();
  #last = 0;

  /** A new job's number, and its answer: undefined when the cell is lost over it. */
  add(): { readonly job: number; readonly answer: Promise<CompiledMessage | undefined> } {
    const job = ++this.#last;
    return { job, answer: new Promise((resolve) => this.#waiting.set(job, resolve)) };
  }

  /** False when nobody waits for it. */
  answered(message: CompiledMessage): boolean {
    const resolve = this.#waiting.get(message[1]);
    this.#waiting.delete(message[1]);
    resolve?.(message);
    return resolve !== undefined;
  }

  loseAll(): void {
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }
}
