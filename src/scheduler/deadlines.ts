import type { Clock, Timer } from "../base/clock.ts";

/**
 * Own deadlines are rounded up to this, and two firings are at least this far apart: the number of lists stays small, and
 * a long backlog that runs out costs 100 firings a second and not one a job.
 */
const COARSENESS_MS = 10;

/** Waiting jobs that were all given the same time, which therefore fall due in the order they were added. */
export interface WaitList<T> {
  readonly waitMs: number;
  head: T | undefined;
  tail: T | undefined;
}

/** What {@link Deadlines} can hold; the fields belong to it. */
export interface Timed<T> {
  /** How long the job may wait. */
  maxWaitMs: number;
  /** When that ends on the monotonic clock. */
  dueMs: number;
  waitList: WaitList<T> | undefined;
  earlier: T | undefined;
  later: T | undefined;
}

/**
 * Ends the wait of jobs that waited too long, with one timer for all of them. A job is never given up before its time, and
 * at most 20 ms after it. Adding and removing are O(1); a firing looks at each different waiting time in use.
 */
export class Deadlines<T extends Timed<T>> {
  readonly #clock: Clock;
  readonly #onDue: (job: T) => void;
  readonly #usual: WaitList<T>;
  readonly #others = new Map<number, WaitList<T>>();
  #timer: Timer | undefined = undefined;
  #timerDueMs = 0;

  /** `usualWaitMs` is the time most jobs get. */
  constructor(clock: Clock, usualWaitMs: number, onDue: (job: T) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
    this.#usual = { waitMs: usualWaitMs, head: undefined, tail: undefined };
  }

  /** Gives the job the usual time from now, or its own where that is shorter. */
  add(job: T, ownWaitMs: number | undefined): void {
    const nowMs = this.#clock.monotonicMs();
    const list = this.#listFor(ownWaitMs);
    job.maxWaitMs = ownWaitMs === undefined ? list.waitMs : Math.min(ownWaitMs, list.waitMs);
    job.dueMs = nowMs + list.waitMs;
    job.waitList = list;
    job.earlier = list.tail;
    if (list.tail) list.tail.later = job;
    else list.head = job;
    list.tail = job;
    if (!this.#timer || job.dueMs < this.#timerDueMs) this.#arm(nowMs, job.dueMs);
  }

  /** Forgets the job; does nothing for one that isn't here. */
  remove(job: T): void {
    const { waitList: list, earlier, later } = job;
    if (!list) return;
    if (earlier) earlier.later = later;
    else list.head = later;
    if (later) later.earlier = earlier;
    else list.tail = earlier;
    job.waitList = undefined;
    job.earlier = undefined;
    job.later = undefined;
    // The timer stays: cancelling it whenever the backlog runs empty would cost more than one firing that finds nothing.
    if (!list.head && list !== this.#usual) this.#others.delete(list.waitMs);
  }

  /** Takes the timer back. To be called once no job is left. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #listFor(ownWaitMs: number | undefined): WaitList<T> {
    if (ownWaitMs === undefined || ownWaitMs >= this.#usual.waitMs) return this.#usual;
    const waitMs = Math.ceil(ownWaitMs / COARSENESS_MS) * COARSENESS_MS;
    let list = this.#others.get(waitMs);
    if (!list) {
      list = { waitMs, head: undefined, tail: undefined };
      this.#others.set(waitMs, list);
    }
    return list;
  }

  #arm(nowMs: number, dueMs: number): void {
    this.#timer?.cancel();
    const delayMs = Math.ceil(dueMs - nowMs);
    this.#timerDueMs = nowMs + delayMs;
    this.#timer = this.#clock.setTimer(() => this.#fire(), delayMs);
  }

  #fire(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    const due: T[] = [];
    let nextMs = this.#takeDue(this.#usual, nowMs, due);
    for (const list of this.#others.values()) nextMs = Math.min(nextMs, this.#takeDue(list, nowMs, due));
    if (nextMs < Infinity) this.#arm(nowMs, Math.max(nextMs, nowMs + COARSENESS_MS));
    for (const job of due) this.#onDue(job);
  }

  /** Moves what is due from the list to `due`; returns when the next of it falls due, Infinity when it has none. */
  #takeDue(list: WaitList<T>, nowMs: number, due: T[]): number {
    for (let job = list.head; job; job = list.head) {
      if (job.dueMs > nowMs) return job.dueMs;
      this.remove(job);
      due.push(job);
    }
    return Infinity;
  }
}
