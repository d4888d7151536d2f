import type { Queue, QueueAddOptions } from "p-queue";
import { PlatformError } from "../base/errors.ts";
import type { FairQueue } from "./fair-queue.ts";
import type { Job } from "./lane.ts";

/** Starts a task of p-queue's and settles the promise that `add` gave out for it. */
export type RunFunction = () => Promise<unknown>;

/** What the scheduler hands to p-queue's `add` beside the task. */
export interface AdmissionOptions extends QueueAddOptions {
  readonly job: Job;
}

/**
 * p-queue's queue class: it lets a {@link FairQueue} decide which job p-queue starts next.
 *
 * How p-queue 9 treats its queue class, which this rests on: it calls `dequeue` when `size` isn't 0 and fewer jobs than
 * its concurrency run, and calls what it got without looking, so a `size` above 0 must mean that a job can start. It does so
 * once after every `add` and once after every job, whose end lets one other start; where a change of the limits lets several,
 * setting the concurrency makes it start all of them. A size of 0 with jobs waiting for their function's limit makes
 * p-queue emit `empty` early, which nobody hears; `idle` is right all the same, because when nothing runs no limit is in use.
 */
export class AdmissionQueue implements Queue<RunFunction, AdmissionOptions> {
  readonly #backlog: FairQueue;

  constructor(backlog: FairQueue) {
    this.#backlog = backlog;
  }

  get size(): number {
    return this.#backlog.startable;
  }

  enqueue(start: RunFunction, options?: Partial<AdmissionOptions>): void {
    const job = options?.job;
    if (!job) throw new PlatformError("A task was added to the account's queue without a job.");
    job.start = start;
    this.#backlog.enqueue(job);
  }

  dequeue(): RunFunction | undefined {
    return this.#backlog.dequeue()?.start;
  }

  /** Part of p-queue's interface, reached only through its `signal` option; the scheduler removes jobs itself. */
  remove(): never {
    throw notUsed("remove");
  }

  /** Part of p-queue's interface, reached only through its `setPriority`. */
  setPriority(): never {
    throw notUsed("setPriority");
  }

  /** Part of p-queue's interface, reached only through its `sizeBy`. */
  filter(): never {
    throw notUsed("filter");
  }
}

function notUsed(method: string): PlatformError {
  return new PlatformError(`The account's queue does not support p-queue's ${method}.`);
}
