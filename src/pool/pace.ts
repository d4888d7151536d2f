/** Weight of the newest observation in the running means. */
const WEIGHT = 0.1;

/** The longest time an invocation should spend in an environment's mailbox. */
const MAILBOX_WAIT_MS = 0.25;

/** Most invocations in one mailbox. */
const MAILBOX_LIMIT = 64;

/** Runs shorter than what it takes to wake another thread, in milliseconds. */
const SHORT_RUN_MS = 0.05;

/**
 * How long the invocations of a function have taken recently, and how much of that was CPU time: what deciding about
 * mailboxes and cold starts rests on. One long run outweighs many short ones, so that nothing is queued behind a
 * function that has become slow.
 */
export class Pace {
  #runMs: number | undefined;
  #cpuMs = 0;

  /** Mean length of recent runs; undefined before the first has ended. */
  get runMs(): number | undefined {
    return this.#runMs;
  }

  /** The part of the time that recent runs spent on a CPU, from 0 to 1; the rest they waited. */
  get cpuShare(): number {
    if (this.#runMs === undefined || this.#runMs === 0) return 0;
    return Math.min(1, this.#cpuMs / this.#runMs);
  }

  /** How many invocations may wait in an environment behind the one that runs: many short ones, no long ones. */
  get mailboxDepth(): number {
    if (this.#runMs === undefined) return 0;
    return Math.min(MAILBOX_LIMIT, Math.floor(MAILBOX_WAIT_MS / Math.max(this.#runMs, 0.001)));
  }

  /** Whether an environment that is busy is the better choice than one that is idle: its thread is awake. */
  get prefersBusy(): boolean {
    return this.#runMs !== undefined && this.#runMs <= SHORT_RUN_MS;
  }

  observe(runMs: number, cpuMs: number): void {
    if (this.#runMs === undefined) {
      this.#runMs = runMs;
      this.#cpuMs = cpuMs;
      return;
    }
    this.#runMs += (runMs - this.#runMs) * WEIGHT;
    this.#cpuMs += (cpuMs - this.#cpuMs) * WEIGHT;
  }

  /** What was seen no longer holds: runs compute for at least so long. */
  stretch(runMs: number): void {
    this.#runMs = Math.max(this.#runMs ?? 0, runMs);
    this.#cpuMs = this.#runMs;
  }

  /** What was seen no longer holds: runs wait for something, and for how long nobody knows. */
  forget(): void {
    this.#runMs = undefined;
    this.#cpuMs = 0;
  }
}
