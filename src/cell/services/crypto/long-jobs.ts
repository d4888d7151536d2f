/** Something that works on a thread of Node's pool until its promise is settled. */
type Job = () => Promise<void>;

/** Whose jobs they are. */
export interface JobOwner {
  /** One of its jobs has worked for so long. */
  worked(ms: number): void;
}

interface Working {
  readonly owner: JobOwner;
  /** Until when its time has been told. */
  toldMs: number;
}

/**
 * The jobs of a cell that take long: a few at a time, so that threads are left for what is short, and environments take
 * turns. They can't be interrupted, and go on when their environment has ended.
 */
export class LongJobs {
  readonly #atOnce: number;
  /** By owner, in the order of their turns. */
  readonly #waiting = new Map<JobOwner, Set<Job>>();
  readonly #working = new Set<Working>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  add(owner: JobOwner, job: Job): void {
    const jobs = this.#waiting.get(owner);
    if (jobs) jobs.add(job);
    else this.#waiting.set(owner, new Set([job]));
    setImmediate(() => this.#work());
  }

  /** It is not to begin any more. */
  remove(owner: JobOwner, job: Job): void {
    const jobs = this.#waiting.get(owner);
    if (jobs?.delete(job) && jobs.size === 0) this.#waiting.delete(owner);
  }

  removeAll(owner: JobOwner): void {
    this.#waiting.delete(owner);
  }

  /** Tells an owner what its jobs have worked since they last told. */
  tell(owner: JobOwner): void {
    for (const working of this.#working) if (working.owner === owner) tellOf(working);
  }

  #work(): void {
    for (const [owner, jobs] of this.#waiting) {
      if (this.#working.size >= this.#atOnce) return;
      const [job] = jobs;
      if (!job) continue;
      this.remove(owner, job);
      const left = this.#waiting.get(owner);
      // To the end of the row, which this loop comes to as well.
      if (left) {
        this.#waiting.delete(owner);
        this.#waiting.set(owner, left);
      }
      this.#begin(owner, job);
    }
  }

  #begin(owner: JobOwner, job: Job): void {
    const working: Working = { owner, toldMs: performance.now() };
    this.#working.add(working);
    void job().finally(() => {
      this.#working.delete(working);
      tellOf(working);
      this.#work();
    });
  }
}

function tellOf(working: Working): void {
  const nowMs = performance.now();
  working.owner.worked(nowMs - working.toldMs);
  working.toldMs = nowMs;
}
