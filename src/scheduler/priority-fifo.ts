/** The waiting jobs of one priority, oldest first; `above` has the next higher priority in use, `below` the next lower. */
export interface Level<T> {
  readonly priority: number;
  head: T | undefined;
  tail: T | undefined;
  above: Level<T> | undefined;
  below: Level<T> | undefined;
}

/** What can be in a {@link PriorityFifo}, in one at a time; all but the priority belong to the list. */
export interface Prioritized<T> {
  /** An integer from -100 to 100; higher goes first. */
  readonly priority: number;
  level: Level<T> | undefined;
  previous: T | undefined;
  next: T | undefined;
}

/**
 * Waiting jobs, higher priorities first, in the order of arrival within one. Taking the first and removing any are O(1);
 * adding is O(priorities in use), of which there are at most 201 and nearly always one.
 */
export class PriorityFifo<T extends Prioritized<T>> {
  #top: Level<T> | undefined = undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The job whose turn it is, or undefined when none waits. */
  get first(): T | undefined {
    return this.#top?.head;
  }

  push(job: T): void {
    const level = this.#levelOf(job.priority);
    job.level = level;
    job.previous = level.tail;
    if (level.tail) level.tail.next = job;
    else level.head = job;
    level.tail = job;
    this.#length++;
  }

  /** Takes the {@link PriorityFifo.first}. */
  shift(): T | undefined {
    const job = this.first;
    if (job) this.remove(job);
    return job;
  }

  /** Takes out a job that is in this list; does nothing when it has left already. */
  remove(job: T): void {
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

  #levelOf(priority: number): Level<T> {
    let above: Level<T> | undefined;
    let below = this.#top;
    while (below && below.priority > priority) {
      above = below;
      below = below.below;
    }
    if (below?.priority === priority) return below;
    const level: Level<T> = { priority, head: undefined, tail: undefined, above, below };
    if (above) above.below = level;
    else this.#top = level;
    if (below) below.above = level;
    return level;
  }

  #unlink(level: Level<T>): void {
    if (level.above) level.above.below = level.below;
    else this.#top = level.below;
    if (level.below) level.below.above = level.above;
  }
}
