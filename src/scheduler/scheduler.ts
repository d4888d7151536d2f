import { AsyncResource } from "node:async_hooks";
import PQueue from "p-queue";
import { systemClock, type Clock } from "../base/clock.ts";
import { AbortedError, EngineClosedError, IsoletError, type ThrottledError } from "../base/errors.ts";
import { AbortWatch } from "./abort-watch.ts";
import { AdmissionQueue, type AdmissionOptions } from "./admission-queue.ts";
import { Deadlines } from "./deadlines.ts";
import { FairQueue } from "./fair-queue.ts";
import { Job, type Lane } from "./lane.ts";
import { checkChoices, checkReservation, resolveLimits, throttled, type Limits } from "./limits.ts";

/** How to make a {@link Scheduler}; the limits and their defaults are those of {@link Limits}. */
export interface SchedulerOptions extends Partial<Limits> {
  /** Default the machine's own time. */
  readonly clock?: Clock;
  /** Called once for every throttled invocation, before its promise rejects. Must not throw. */
  readonly onThrottle?: (functionName: string, error: ThrottledError) => void;
}

/** What an invocation asks of the scheduler. */
export interface Admission {
  readonly functionName: string;
  /** Higher goes first among the waiting invocations of the function; an integer from -100 to 100. */
  readonly priority: number;
  /** Takes the invocation out of the queue. Once it runs, the abort is the task's own matter. */
  readonly signal?: AbortSignal | undefined;
  /** Longest wait of this invocation in milliseconds, where it is shorter than the scheduler's `queueDeadlineMs`. */
  readonly deadlineMs?: number | undefined;
  /** Called at once when the invocation is taken, to run or to wait; never for one that is refused on arrival. Must not throw. */
  readonly onAdmitted?: () => void;
}

/** How much runs and how much waits. */
export interface Load {
  readonly running: number;
  readonly queued: number;
}

/** The scheduler at one moment. */
export interface SchedulerStats extends Load {
  readonly limits: Limits & {
    /** What functions without a reservation may use together. */
    readonly unreservedConcurrency: number;
  };
}

/**
 * Admission: decides whether an invocation starts, waits or is throttled, and whose turn it is when concurrency comes free.
 *
 * p-queue holds the account's concurrency; {@link FairQueue} knows the functions' limits and turns. An invocation that can
 * start does so inside `run`, without a timer. One that can't waits, up to the bounds of the backlog and the queue
 * deadline; Lambda would throttle it at once, which `maxQueued: 0` gives.
 */
export class Scheduler {
  readonly #limits: Limits;
  readonly #onThrottle: ((functionName: string, error: ThrottledError) => void) | undefined;
  readonly #fair: FairQueue;
  readonly #queue: PQueue<AdmissionQueue, AdmissionOptions>;
  readonly #deadlines: Deadlines<Job>;
  readonly #aborts: AbortWatch;
  #isClosed = false;
  #closeReason: string | undefined = undefined;

  /** Throws {@link InvalidOptionError} for a limit outside its range. */
  constructor(options: SchedulerOptions = {}) {
    this.#limits = resolveLimits(options);
    this.#onThrottle = options.onThrottle;
    this.#fair = new FairQueue(this.#limits.accountConcurrency);
    this.#queue = new PQueue<AdmissionQueue, AdmissionOptions>({
      concurrency: this.#limits.accountConcurrency,
      // p-queue makes its queue itself and without arguments.
      queueClass: AdmissionQueue.bind(undefined, this.#fair),
    });
    const { queueDeadlineMs } = this.#limits;
    this.#deadlines = new Deadlines(options.clock ?? systemClock, queueDeadlineMs, (job) =>
      this.#expire(job),
    );
    this.#aborts = new AbortWatch((job) => this.#refuse(job, aborted(job.signal)));
  }

  /**
   * Runs `task` when its turn comes: at once, inside the call, when concurrency is free. Settles as the task does. Rejects with
   * {@link ThrottledError} when the invocation may neither start nor wait, or waited too long; with {@link AbortedError} when
   * its signal aborted before the task started; with {@link EngineClosedError} after `close`; with {@link InvalidOptionError}
   * for a priority or deadline outside its range. The task runs at most once, and never after a rejection of these.
   */
  run<T>(admission: Admission, task: () => Promise<T>): Promise<T> {
    const lane = this.#admit(admission);
    if (lane instanceof IsoletError) return Promise.reject(lane);
    admission.onAdmitted?.();
    return this.#submit(new Job(lane, admission.priority, admission.signal), admission.deadlineMs, task);
  }

  /**
   * Reserves `reserved` of the account's concurrency for a function, which is also the most it may run at once; undefined takes
   * the reservation away. 0 stops the function: its waiting invocations and all later ones are throttled. Running
   * invocations go on, so a new reservation is fully there once what runs over the new limits has ended.
   * Throws {@link InvalidOptionError} when the reservations would leave less than 100 of the account's concurrency
   * (a tenth, if that is less) unreserved, as Lambda does.
   */
  setReserved(functionName: string, reserved: number | undefined): void {
    const present = this.#fair.find(functionName)?.reserved;
    if (present === reserved) return;
    if (reserved !== undefined) {
      checkReservation(functionName, reserved, this.#fair.reservedTotal - (present ?? 0), this.#limits);
    }
    this.#fair.setReserved(functionName, reserved);
    if (reserved === 0) this.#stop(functionName);
    // No job has ended, so p-queue has to be told that more may start: setting the concurrency makes it look.
    this.#queue.concurrency = this.#limits.accountConcurrency;
  }

  /** What runs and waits, and the limits. */
  stats(): SchedulerStats {
    return {
      running: this.#fair.running,
      queued: this.#fair.queued,
      limits: { ...this.#limits, unreservedConcurrency: this.#fair.sharedLimit },
    };
  }

  /** What runs and waits of one function. */
  functionStats(functionName: string): Load {
    const lane = this.#fair.find(functionName);
    return { running: lane?.running ?? 0, queued: lane?.waiting.length ?? 0 };
  }

  /** Resolves when nothing runs or waits. It does not refuse new invocations, and waits for those as well. */
  async drain(): Promise<void> {
    // Several may be told of the same idle moment, and one of them may have made new work of it.
    while (this.#fair.running > 0 || this.#fair.queued > 0 || this.#queue.pending > 0)
      await this.#queue.onIdle();
  }

  /** Refuses what waits and whatever comes later with {@link EngineClosedError}, whose message is `reason`; what runs goes on. Later calls do nothing. */
  close(reason?: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closeReason = reason;
    for (const lane of this.#fair.lanes()) this.#refuseAll(lane, () => new EngineClosedError(reason));
    this.#deadlines.close();
  }

  /** The lane of an invocation that may start or wait, or why it may not. */
  #admit({ functionName, priority, signal, deadlineMs }: Admission): Lane | IsoletError {
    if (this.#isClosed) return new EngineClosedError(this.#closeReason);
    const wrong = priority === 0 && deadlineMs === undefined ? undefined : checkChoices(priority, deadlineMs);
    if (wrong) return wrong;
    if (signal?.aborted) return aborted(signal);
    const lane = this.#fair.lane(functionName);
    // When this holds, the `add` that follows starts the job, so the bounds of the backlog don't matter.
    if (this.#queue.pending < this.#limits.accountConcurrency && this.#fair.isFree(lane)) return lane;
    const error = this.#throttleOf(lane);
    if (!error) return lane;
    this.#fair.forget(lane);
    this.#onThrottle?.(functionName, error);
    return error;
  }

  /** Why an invocation of the lane that can't start may not wait either. */
  #throttleOf({ functionName, reserved, waiting }: Lane): ThrottledError | undefined {
    const { accountConcurrency, maxQueued, maxQueuedPerFunction } = this.#limits;
    if (reserved === 0) return throttled(functionName, "ReservedConcurrency", "reservedConcurrency", 0);
    if (this.#fair.queued < maxQueued && waiting.length < maxQueuedPerFunction) return undefined;
    if (maxQueued === 0 || maxQueuedPerFunction === 0) {
      return reserved === undefined
        ? throttled(functionName, "AccountConcurrency", "accountConcurrency", accountConcurrency)
        : throttled(functionName, "ReservedConcurrency", "reservedConcurrency", reserved);
    }
    return this.#fair.queued < maxQueued
      ? throttled(functionName, "FunctionBacklogFull", "maxQueuedPerFunction", maxQueuedPerFunction)
      : throttled(functionName, "BacklogFull", "maxQueued", maxQueued);
  }

  #submit<T>(job: Job, deadlineMs: number | undefined, task: () => Promise<T>): Promise<T> {
    // p-queue numbers the jobs unless they have an id, for look-ups that are not used here.
    const promise = this.#queue.add(() => this.#execute(job, task), { id: "", job });
    if (job.state === "waiting") {
      job.context = new AsyncResource("isolet.Job");
      this.#park(job, deadlineMs);
    }
    return promise;
  }

  /** Sets what may end the wait of a job. */
  #park(job: Job, deadlineMs: number | undefined): void {
    this.#deadlines.add(job, deadlineMs);
    if (!job.signal) return;
    // A task that `add` started for another function may have aborted the signal meanwhile.
    if (job.signal.aborted) this.#refuse(job, aborted(job.signal));
    else this.#aborts.add(job.signal, job);
  }

  #unpark(job: Job): void {
    this.#deadlines.remove(job);
    if (job.signal) this.#aborts.remove(job.signal, job);
  }

  /** What p-queue runs for a job. */
  async #execute<T>(job: Job, task: () => Promise<T>): Promise<T> {
    if (job.refusal) throw job.refusal;
    this.#unpark(job);
    try {
      // The signal's listeners are called in order, and one before ours may have started this job.
      if (job.signal?.aborted) throw aborted(job.signal);
      return await (job.context ? job.context.runInAsyncScope(task) : task());
    } finally {
      // Before p-queue counts the job as ended and looks for the next.
      this.#fair.release(job.lane);
    }
  }

  /**
   * Takes a waiting job out of the queue and rejects its promise. p-queue can drop a job only through a signal of its own, which would
   * cost every invocation an AbortController; started out of turn instead, the job throws at once and holds a slot
   * of the account for a few microtasks.
   */
  #refuse(job: Job, error: Error): void {
    this.#fair.remove(job);
    this.#unpark(job);
    job.state = "refused";
    job.refusal = error;
    void job.start?.();
  }

  #refuseAll(lane: Lane, error: () => Error): void {
    for (let job = lane.waiting.first; job; job = lane.waiting.first) this.#refuse(job, error());
  }

  #expire(job: Job): void {
    // Who heard of another throttle may have aborted this one meanwhile, or closed the scheduler.
    if (job.state !== "waiting") return;
    const limit = job.maxWaitMs < this.#limits.queueDeadlineMs ? "deadlineMs" : "queueDeadlineMs";
    const error = throttled(job.lane.functionName, "QueueDeadline", limit, job.maxWaitMs);
    this.#refuse(job, error);
    this.#onThrottle?.(job.lane.functionName, error);
  }

  #stop(functionName: string): void {
    const lane = this.#fair.find(functionName);
    if (!lane) return;
    this.#refuseAll(lane, () => {
      const error = throttled(functionName, "ReservedConcurrency", "reservedConcurrency", 0);
      this.#onThrottle?.(functionName, error);
      return error;
    });
  }
}

function aborted(signal: AbortSignal | undefined): AbortedError {
  return new AbortedError("The invocation was aborted by its signal before it started.", signal?.reason);
}
