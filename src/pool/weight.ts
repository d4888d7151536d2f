/** Weight of the newest run in the running mean. */
const NEWEST = 0.1;

/** Mean CPU time of recent runs above which a version is heavy: so long may another in its cell have to wait for it. */
const HEAVY_MS = 2;

/** What it has to fall below for a run to count as light. */
const LIGHT_MS = 1;

/** CPU time of a single run that makes a version heavy at once. */
const LONG_RUN_MS = 20;

/** Runs after which the mean is believed. The first ones of any code are slow, so the quickest of these begins it. */
const FIRST_RUNS = 3;

/** How long a run that is not over may hold its thread. Not all of that need be CPU time on a busy machine. */
const LONG_HOLD_MS = 100;

/** Light runs in a row after which a version is light again. Moving an environment costs a cold start. */
const LIGHT_RUNS = 200;

/** Whether the runs of a version take so much CPU that they should not share a thread with those of others. */
export class Weight {
  #runs = 0;
  #meanMs = Infinity;
  #lightRuns = 0;
  #isHeavy = false;

  get isHeavy(): boolean {
    return this.#isHeavy;
  }

  /** A run has ended that took so much CPU time. */
  observe(cpuMs: number): void {
    this.#runs++;
    if (this.#runs <= FIRST_RUNS) this.#meanMs = Math.min(this.#meanMs, cpuMs);
    else this.#meanMs += (cpuMs - this.#meanMs) * NEWEST;
    if (cpuMs > LONG_RUN_MS || (this.#runs >= FIRST_RUNS && this.#meanMs > HEAVY_MS)) this.#become(true);
    else if (this.#isHeavy) this.#lighten();
  }

  /** A run that is not over has held its thread for so long. */
  holds(forMs: number): void {
    if (forMs > LONG_HOLD_MS) this.#become(true);
  }

  #lighten(): void {
    this.#lightRuns = this.#meanMs < LIGHT_MS ? this.#lightRuns + 1 : 0;
    if (this.#lightRuns >= LIGHT_RUNS) this.#become(false);
  }

  #become(isHeavy: boolean): void {
    this.#isHeavy = isHeavy;
    this.#lightRuns = 0;
  }
}
