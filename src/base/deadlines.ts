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
    const tick = Math.max(this.#done + 1, Math.ceil((this.#clock.monotonicMs() + afterMs) / DEADLINE_TICK_MS));
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
    this.#armed = false;
    const now = this.#tickNow();
    for (let tick = this.#done + 1; tick <= now; tick++) this.#fire(tick);
    this.#done = Math.max(this.#done, now);
    if (this.#size > 0) this.#arm();
    else this.#buckets.clear();
  }

  #fire(tick: number): void {
    const bucket = this.#buckets.get(tick);
    if (!bucket) return;
    this.#buckets.delete(tick);
    for (const deadline of bucket) {
      if (!bucket.delete(deadline)) continue;
      this.#size--;
      deadline.callback();
    }
  }
}
