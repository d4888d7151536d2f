import { Worker } from "node:worker_threads";
import type { EchoSubject } from "./subject.ts";

export const BARE_CELL = "bare cell";

/**
 * The least that could stand between a caller and an isolate on another thread: one worker thread, one isolate, texts
 * in one batch per turn, promises by number. No limits but the run's timeout, no meter, no pool.
 */
export async function openBareCell(): Promise<EchoSubject> {
  const cell = new BareCell();
  return { name: BARE_CELL, invoke: (event) => cell.invoke(event), close: () => cell.close() };
}

class BareCell {
  readonly #worker = new Worker(new URL("./bare-cell-thread.ts", import.meta.url));
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #batch: (number | string)[] = [];
  #number = 0;

  constructor() {
    this.#worker.on("message", (answers: readonly (number | string)[]) => this.#receive(answers));
    this.#worker.on("error", (error) => {
      throw error;
    });
  }

  invoke(event: object): Promise<unknown> {
    const number = ++this.#number;
    if (this.#batch.push(number, JSON.stringify(event)) === 2) queueMicrotask(() => this.#flush());
    return new Promise((resolve) => this.#waiting.set(number, resolve));
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#worker.postMessage(batch);
  }

  #receive(answers: readonly (number | string)[]): void {
    for (let index = 0; index < answers.length; index += 2) {
      const number = answers[index] as number;
      const resolve = this.#waiting.get(number);
      this.#waiting.delete(number);
      resolve?.(JSON.parse(answers[index + 1] as string));
    }
  }
}
