import { Outcome } from "./protocol.ts";

/** An invocation that runs. */
export interface Running {
  readonly requestId: string;
  readonly startedMs: number;
  readonly deadlineMs: number;
  /** Whether the run that started it has ended before it. */
  waited: boolean;
}

/** An invocation that has ended and is to be answered. */
export interface Finished {
  readonly number: number;
  readonly running: Running;
  readonly outcome: 0 | 1 | 2;
  readonly text: string;
  readonly endMs: number;
}

/** The invocations that an environment has started: those that run, and those that are over and not yet answered. */
export class Runs {
  readonly #running = new Map<number, Running>();
  #finished: Finished[] = [];

  /** Invocations that run. */
  get size(): number {
    return this.#running.size;
  }

  /** Whether there are answers to give. */
  get areFinished(): boolean {
    return this.#finished.length > 0;
  }

  start(number: number, requestId: string, timeoutMs: number): void {
    const startedMs = performance.now();
    this.#running.set(number, { requestId, startedMs, deadlineMs: startedMs + timeoutMs, waited: false });
  }

  /** The run that started it is over. */
  yielded(number: number): void {
    const running = this.#running.get(number);
    if (running) running.waited = true;
  }

  /** False when it doesn't run. */
  finish(number: number, outcome: 0 | 1, text: string): boolean {
    const running = this.#running.get(number);
    if (!running) return false;
    this.#running.delete(number);
    this.#finished.push({ number, running, outcome, text, endMs: performance.now() });
    return true;
  }

  /** All that run have ended with their environment; with a timeout those whose deadline has passed. */
  endAll(isTimeout: boolean, text: string): void {
    const endMs = performance.now();
    for (const [number, running] of this.#running) {
      const isOverdue = isTimeout && endMs >= running.deadlineMs - 1;
      const outcome = isOverdue ? Outcome.TimedOut : Outcome.Failed;
      this.#finished.push({ number, running, outcome, text, endMs });
    }
    this.#running.clear();
  }

  takeFinished(): readonly Finished[] {
    const list = this.#finished;
    this.#finished = [];
    return list;
  }

  /** When the first of those that run has to be over. */
  deadlineMs(): number {
    let first = Infinity;
    for (const { deadlineMs } of this.#running.values()) first = Math.min(first, deadlineMs);
    return first;
  }

  clear(): void {
    this.#running.clear();
  }
}
