import type { Job } from "./job.ts";

/** The waiting jobs of one priority, oldest first; `above` has the next higher priority in use, `below` the next lower. */
export interface Level {
  readonly priority: number;
  head: Job | undefined;
  tail: Job | undefined;
  above: Level | undefined;
  below: Level | undefined;
}

/**
 * Waiting jobs, higher priorities first, in the order of arrival within one. Taking the first and removing any are O(1);
 * adding is O(priorities in use), of which there are at most 201 and nearly always one.
 */
export class PriorityFifo {
  #top: Level | undefined = undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The job whose turn it is, or undefined when none waits. */
  get first(): Job | undefined {
    return this.#top?.head;
  }

  push(job: Job): void {
    const level = this.#levelOf(job.priority);
    job.level = level;
    job.previous = level.tail;
    if (level.tail) level.tail.next = job;
    else level.head = job;
    level.tail = job;
    this.#length++;
  }

  /** Takes the {@link PriorityFifo.first}. */
  shift(): Job | undefined {
    const job = this.first;
    if (job) this.remove(job);
    return job;
  }

  /** Takes out a job that is in this list; does nothing when it has left already. */
  remove(job: Job): void {
    const { level, previous, next } = job;
    if (!level) return;
    if (previous) previous.next = next;
    else level.head = next;
    if (next) next.previous = previous;
    else level.tail = previous;
    job.level = undefined;
    job.previous = undefined;
    job.next = undefined;
    this.#length--;
    if (!level.head) this.#unlink(level);
  }

  #levelOf(priority: number): Level {
    let above: Level | undefined;
    let below = this.#top;
    while (below && below.priority > priority) {
      above = below;
      below = below.below;
    }
    if (below?.priority === priority) return below;
    const level: Level = { priority, head: undefined, tail: undefined, above, below };
    if (above) above.below = level;
    else this.#top = level;
    if (below) below.above = level;
    return level;
  }

  #unlink(level: Level): void {
    if (level.above) level.above.below = level.below;
    else this.#top = level.below;
    if (level.below) level.below.above = level.above;
  }
}
