import type { Clock } from "./clock.ts";

/** How exactly a deadline is kept, in milliseconds: it is never early and at most about this late. */
export const DEADLINE_TICK_MS = 8;

/** A deadline that can be taken back. */
export interface Deadline {
  readonly tick: number;
  readonly callback: () => void;
}

/**
 * Many deadlines on one coarse timer: setting and taking back cost a set operation each, and no timer of their own.
 * The timer runs only while a deadline is set.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #buckets = new Map<number, Set<Deadline>>();
  #size = 0;
  #done: number;
  #armed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#done = this.#tickNow();
  }

  get size(): number {
    return this.#size;
  }

  /** Calls `callback` once, `afterMs` from now or up to a tick later. */
  set(afterMs: number, callback: () => void): Deadline {
    if (!this.#armed) {
      this.#done = this.#tickNow();
      this.#arm();
    }
    const tick = Math.max(
      this.#done + 1,
      Math.ceil((this.#clock.monotonicMs() + afterMs) / DEADLINE_TICK_MS),
    );
    const deadline: Deadline = { tick, callback };
    const bucket = this.#buckets.get(tick);
    if (bucket) bucket.add(deadline);
    else this.#buckets.set(tick, new Set([deadline]));
    this.#size++;
    return deadline;
  }

  cancel(deadline: Deadline): void {
    if (this.#buckets.get(deadline.tick)?.delete(deadline)) this.#size--;
  }

  #tickNow(): number {
    return Math.floor(this.#clock.monotonicMs() / DEADLINE_TICK_MS);
  }

  #arm(): void {
    this.#armed = true;
    this.#clock.setTimer(() => this.#advance(), DEADLINE_TICK_MS);
  }

  #advance(): void {
    const now = this.#tickNow();
    let tick = this.#done + 1;
    // What is set from here on comes at a later tick, and this timer, still armed, sees to it.
    this.#done = Math.max(this.#done, now);
    try {
      for (; tick <= now; tick++) this.#fire(tick);
    } finally {
      this.#armed = false;
      if (this.#size > 0) this.#arm();
      else this.#buckets.clear();
    }
  }

  #fire(tick: number): void {
    const bucket = this.#buckets.get(tick);
    if (!bucket) return;
    for (const deadline of bucket) {
      bucket.delete(deadline);
      this.#size--;
      deadline.callback();
    }
    this.#buckets.delete(tick);
  }
}
