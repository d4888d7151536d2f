import { PriorityFifo } from "./priority-fifo.ts";

/**
 * What the scheduler knows of one function: how many run, which wait, and its reservation. Lanes of functions that
 * neither run, wait nor hold a reservation are dropped, so that idle functions cost nothing.
 */
export class Lane {
  readonly functionName: string;
  readonly waiting: PriorityFifo = new PriorityFifo();
  running = 0;
  /** The function's reserved concurrency, which is also its cap; undefined when it runs on what others have not reserved. */
  reserved: number | undefined = undefined;

  /** Owned by `LaneRing`. */
  ring: LaneRing | undefined = undefined;
  previous: Lane | undefined = undefined;
  next: Lane | undefined = undefined;

  constructor(functionName: string) {
    this.functionName = functionName;
  }

  /** Whether the function's own limit lets another of its invocations start. */
  get belowOwnLimit(): boolean {
    return this.reserved === undefined || this.running < this.reserved;
  }

  /** Whether nothing would be lost by forgetting the lane. */
  get isIdle(): boolean {
    return this.running === 0 && this.waiting.length === 0 && this.reserved === undefined;
  }
}

/** The lanes that may start a job, in the order of their turns. Every operation is O(1). */
export class LaneRing {
  #head: Lane | undefined = undefined;
  #tail: Lane | undefined = undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The lane whose turn it is. */
  get head(): Lane | undefined {
    return this.#head;
  }

  /** Puts a lane that is in no ring behind all others. */
  append(lane: Lane): void {
    lane.ring = this;
    lane.previous = this.#tail;
    if (this.#tail) this.#tail.next = lane;
    else this.#head = lane;
    this.#tail = lane;
    this.#length++;
  }

  /** Takes out a lane that is in this ring. */
  remove(lane: Lane): void {
    if (lane.previous) lane.previous.next = lane.next;
    else this.#head = lane.next;
    if (lane.next) lane.next.previous = lane.previous;
    else this.#tail = lane.previous;
    lane.ring = undefined;
    lane.previous = undefined;
    lane.next = undefined;
    this.#length--;
  }
}
