import type { Clock } from "./clock.ts";

/** How exactly a deadline is kept, in milliseconds: it is never early and at most about this late. */
export const DEADLINE_TICK_MS = 8;

/** A deadline that can be taken back. The fields belong to {@link Deadlines}. */
export interface Deadline {
  readonly callback: () => void;
  /** Those that fall due with it; undefined once it has fallen due or been taken back. */
  bucket: Bucket | undefined;
  previous: Deadline | undefined;
  next: Deadline | undefined;
}

/** The deadlines of one tick, in the order they were set. */
interface Bucket {
  head: Deadline | undefined;
  tail: Deadline | undefined;
}

/**
 * Many deadlines on one coarse timer: setting and taking back cost a few writes, and no timer of their own.
 * The timer runs only while a deadline is set.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #buckets = new Map<number, Bucket>();
  #size = 0;
  #done: number;
  #armed = false;
  /** The bucket asked for last, and its tick: the next deadline is likely to go there, too. */
  #lastTick = 0;
  #lastBucket: Bucket | undefined;

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
    const bucket = this.#bucketOf(tick);
    const { tail } = bucket;
    const deadline: Deadline = { callback, bucket, previous: tail, next: undefined };
    if (tail) tail.next = deadline;
    else bucket.head = deadline;
    bucket.tail = deadline;
    this.#size++;
    return deadline;
  }

  /** Takes it back; does nothing for one that has fallen due or been taken back. */
  cancel(deadline: Deadline): void {
    const { bucket, previous, next } = deadline;
    if (!bucket) return;
    if (previous) previous.next = next;
    else bucket.head = next;
    if (next) next.previous = previous;
    else bucket.tail = previous;
    deadline.bucket = undefined;
    // Who keeps it keeps no others by it.
    deadline.previous = undefined;
    deadline.next = undefined;
    this.#size--;
  }

  #bucketOf(tick: number): Bucket {
    if (tick === this.#lastTick && this.#lastBucket) return this.#lastBucket;
    let bucket = this.#buckets.get(tick);
    if (!bucket) {
      bucket = { head: undefined, tail: undefined };
      this.#buckets.set(tick, bucket);
    }
    this.#lastTick = tick;
    this.#lastBucket = bucket;
    return bucket;
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
      else this.#forgetBuckets();
    }
  }

  #fire(tick: number): void {
    const bucket = this.#buckets.get(tick);
    if (!bucket) return;
    for (let first = bucket.head; first; first = bucket.head) {
      this.cancel(first);
      first.callback();
    }
    this.#buckets.delete(tick);
    if (this.#lastTick === tick) this.#lastBucket = undefined;
  }

  #forgetBuckets(): void {
    this.#buckets.clear();
    this.#lastBucket = undefined;
  }
}
