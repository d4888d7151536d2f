import { Outcome } from "./protocol.ts";

/** An invocation that runs. */
export interface Running {
  readonly requestId: string;
  readonly startedMs: number;
  readonly deadlineMs: number;
  /** Whether the run that started it has ended before it. */
  waited: boolean;
  /** CPU time it has used. */
  cpuMs: number;
  /** Whether it has ended. */
  isOver: boolean;
}

/** An invocation that has ended and is to be answered. */
export interface Finished {
  readonly number: number;
  readonly running: Running;
  readonly outcome: 0 | 1 | 2;
  readonly text: string;
  readonly endMs: number;
  /** JSON of a KillReport when its environment was ended over a limit; else empty. */
  readonly kill: string;
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
    this.#running.set(number, {
      requestId,
      startedMs,
      deadlineMs: startedMs + timeoutMs,
      waited: false,
      cpuMs: 0,
      isOver: false,
    });
  }

  /** The run that started it is over. */
  yielded(number: number): void {
    const running = this.#running.get(number);
    if (running) running.waited = true;
  }

  /**
   * False when it doesn't run. May be called from the depth of a guest's recursion, and so fail at any call for want of
   * stack: then nothing has happened, or all that matters.
   */
  finish(number: number, outcome: 0 | 1, text: string): boolean {
    const running = this.#running.get(number);
    if (!running || running.isOver) return false;
    this.#finished.push({ number, running, outcome, text, endMs: performance.now(), kill: "" });
    running.isOver = true;
    this.#running.delete(number);
    return true;
  }

  /**
   * CPU time of a run that began at `sinceMs`: shared among those it was for, by how much of it each of them lasted.
   */
  charge(cpuMs: number, sinceMs: number): void {
    const [only] = this.#finished;
    if (only && this.#finished.length === 1 && this.#running.size === 0) {
      only.running.cpuMs += cpuMs;
      return;
    }
    const nowMs = performance.now();
    const lengthOf = ({ startedMs }: Running, endMs: number): number =>
      Math.max(endMs - Math.max(startedMs, sinceMs), 0.001);
    let wholeMs = 0;
    for (const running of this.#running.values()) wholeMs += lengthOf(running, nowMs);
    for (const { running, endMs } of this.#finished) wholeMs += lengthOf(running, endMs);
    for (const running of this.#running.values())
      running.cpuMs += (cpuMs * lengthOf(running, nowMs)) / wholeMs;
    for (const { running, endMs } of this.#finished)
      running.cpuMs += (cpuMs * lengthOf(running, endMs)) / wholeMs;
  }

  /** Most CPU time that one of those that run has used. */
  mostCpuMs(): number {
    if (this.#running.size === 0) return 0;
    let most = 0;
    for (const { cpuMs } of this.#running.values()) most = Math.max(most, cpuMs);
    return most;
  }

  /** One that runs, if any does. */
  any(): Running | undefined {
    return this.#running.values().next().value;
  }

  /**
   * All that run have ended with their environment; with a timeout those whose deadline has passed. `killOf` gives each
   * its kill report, or an empty text.
   */
  endAll(isTimeout: boolean, text: string, killOf: (running: Running) => string): void {
    const endMs = performance.now();
    for (const [number, running] of this.#running) {
      if (running.isOver) continue;
      const isOverdue = isTimeout && endMs >= running.deadlineMs - 1;
      const outcome = isOverdue ? Outcome.TimedOut : Outcome.Failed;
      const ownText = isOverdue ? "" : text;
      this.#finished.push({ number, running, outcome, text: ownText, endMs, kill: killOf(running) });
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
