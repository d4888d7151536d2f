import type { WaitList } from "./deadlines.ts";
import type { Lane } from "./lane.ts";
import type { Level } from "./priority-fifo.ts";

/** Where an admitted invocation is: in a lane, handed to p-queue to run, or taken out of the lane with an error. */
export type JobState = "waiting" | "started" | "refused";

/**
 * One admitted invocation, from `run` to its start. A plain record: the fields belong to the structure that uses them,
 * so that an invocation which starts at once costs one allocation here and no look-up later.
 */
export class Job {
  readonly lane: Lane;
  /** An integer from -100 to 100; higher goes first within the lane. */
  readonly priority: number;
  readonly signal: AbortSignal | undefined;
  state: JobState = "waiting";
  /** Why the job was taken out; set together with the state `refused`. */
  refusal: Error | undefined = undefined;
  /** p-queue's own function for this job: starts it, and settles the promise `run` gave out. Set by p-queue's `enqueue`. */
  start: (() => Promise<unknown>) | undefined = undefined;

  /** Owned by `PriorityFifo`. */
  level: Level | undefined = undefined;
  previous: Job | undefined = undefined;
  next: Job | undefined = undefined;

  /** Owned by `Deadlines`: how long the job may wait, when that ends on the monotonic clock, and its place among the others. */
  maxWaitMs = 0;
  dueMs = 0;
  waitList: WaitList | undefined = undefined;
  earlier: Job | undefined = undefined;
  later: Job | undefined = undefined;

  constructor(lane: Lane, priority: number, signal: AbortSignal | undefined) {
    this.lane = lane;
    this.priority = priority;
    this.signal = signal;
  }
}
