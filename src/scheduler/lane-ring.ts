import type { Lane } from "./lane.ts";

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
    lane.hasTurn = true;
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
    lane.hasTurn = false;
    lane.previous = undefined;
    lane.next = undefined;
    this.#length--;
  }
}
