import type { AsyncResource } from "node:async_hooks";
import type { Timed, WaitList } from "./deadlines.ts";
import { PriorityFifo, type Level, type Prioritized } from "./priority-fifo.ts";

/**
 * What the scheduler knows of one function: how many run, which wait, and its reservation. Lanes of functions that
 * neither run, wait nor hold a reservation are dropped, so that idle functions cost nothing.
 */
export class Lane {
  readonly functionName: string;
  readonly waiting: PriorityFifo<Job> = new PriorityFifo<Job>();
  running = 0;
  /** The function's reserved concurrency, which is also its cap; undefined when it runs on what others have not reserved. */
  reserved: number | undefined = undefined;

  /** Owned by `LaneRing`. */
  hasTurn = false;
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

/** Where an admitted invocation is: in a lane, handed to p-queue to run, or taken out of the lane with an error. */
export type JobState = "waiting" | "started" | "refused";

/**
 * One admitted invocation, from `run` to its start. A plain record: the fields belong to the structure that uses them,
 * so that an invocation which starts at once costs one allocation here and no look-up later.
 */
export class Job implements Prioritized<Job>, Timed<Job> {
  readonly lane: Lane;
  readonly priority: number;
  readonly signal: AbortSignal | undefined;
  state: JobState = "waiting";
  /** Why the job was taken out; set together with the state `refused`. */
  refusal: Error | undefined = undefined;
  /** The async context of `run`; kept for a job that waits, which starts in somebody else's. */
  context: AsyncResource | undefined = undefined;
  /** p-queue's own function for this job: starts it, and settles the promise `run` gave out. Set by p-queue's `enqueue`. */
  start: (() => Promise<unknown>) | undefined = undefined;

  /** Owned by `PriorityFifo`. */
  level: Level<Job> | undefined = undefined;
  previous: Job | undefined = undefined;
  next: Job | undefined = undefined;

  /** Owned by `Deadlines`. */
  maxWaitMs = 0;
  dueMs = 0;
  waitList: WaitList<Job> | undefined = undefined;
  earlier: Job | undefined = undefined;
  later: Job | undefined = undefined;

  constructor(lane: Lane, priority: number, signal: AbortSignal | undefined) {
    this.lane = lane;
    this.priority = priority;
    this.signal = signal;
  }
}
