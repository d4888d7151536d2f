import type { Job } from "./lane.ts";

interface Watched {
  readonly jobs: Set<Job>;
  readonly listener: () => void;
}

/**
 * Tells of the waiting jobs whose signal aborts. Jobs that share a signal share one listener on it, because Node walks
 * all listeners of a signal to add or remove one: a listener a job would cost O(n²) for n jobs of one signal.
 */
export class AbortWatch {
  readonly #signals = new Map<AbortSignal, Watched>();
  readonly #onAbort: (job: Job) => void;

  /** `onAbort` must remove the job it is given. */
  constructor(onAbort: (job: Job) => void) {
    this.#onAbort = onAbort;
  }

  /** Watches a job whose signal has not aborted, until it is removed. */
  add(signal: AbortSignal, job: Job): void {
    const watched = this.#signals.get(signal) ?? this.#listen(signal);
    watched.jobs.add(job);
  }

  /** Forgets the job; does nothing for one that isn't watched. */
  remove(signal: AbortSignal, job: Job): void {
    const watched = this.#signals.get(signal);
    if (!watched?.jobs.delete(job) || watched.jobs.size > 0) return;
    this.#signals.delete(signal);
    signal.removeEventListener("abort", watched.listener);
  }

  #listen(signal: AbortSignal): Watched {
    const jobs = new Set<Job>();
    const listener = (): void => {
      // Each of them is removed on the way, and the listener with the last.
      for (const job of jobs) this.#onAbort(job);
    };
    const watched: Watched = { jobs, listener };
    this.#signals.set(signal, watched);
    signal.addEventListener("abort", listener);
    return watched;
  }
}
