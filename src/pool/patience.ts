import type { Clock, Timer } from "../base/clock.ts";
import type { Stall } from "../environment/environment.ts";
import type { Pace } from "./pace.ts";
import type { Places } from "./places.ts";

/** After this long in the line an invocation gets an environment of its own, whatever recent durations promised. */
export const PATIENCE_MS = 5;

/**
 * An invocation may take this many times as long as recent ones: environments that share a thread take turns, and are
 * not to be called slow for that.
 */
const PATIENCE_RUNS = 8;

/** Looks after those that wait because recent durations were short: these are a promise, not a fact. */
export class Patience {
  readonly #clock: Clock;
  readonly #places: Places;
  readonly #onTime: () => void;
  #timer: Timer | undefined;

  /** Calls `onTime` when somebody may have waited for too long, after every {@link arm}. */
  constructor(clock: Clock, places: Places, onTime: () => void) {
    this.#clock = clock;
    this.#places = places;
    this.#onTime = onTime;
  }

  arm(): void {
    this.#timer ??= this.#clock.setTimer(() => {
      this.#timer = undefined;
      this.#onTime();
      if (this.#places.areDeep) this.arm();
    }, PATIENCE_MS);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Asks environments that don't get on for what waits in their mailboxes. */
  recall(): void {
    const slow = this.#places.stalledSince(this.#clock.monotonicMs() - PATIENCE_MS);
    for (const environment of slow) if (environment.isDeep) environment.recall();
  }

  /**
   * What lets one down that has waited since then: most environments take far longer than recent runs did, because they
   * compute or because they wait for something. Undefined when they don't, or when it is the cells that get no time.
   */
  letDownBy(sinceMs: number, pace: Pace): "computes" | "waits" | undefined {
    const impatientMs = this.#clock.monotonicMs() - Math.max(PATIENCE_MS, (pace.runMs ?? 0) * PATIENCE_RUNS);
    if (sinceMs > impatientMs) return undefined;
    const stalls = this.#places.stalledSince(impatientMs).map(({ stall }) => stall);
    const count = (kind: Stall): number => stalls.filter((stall) => stall === kind).length;
    const slow = stalls.length - count("unstarted");
    // As long as some get on, those that wait have only a busy function before them.
    if (slow === 0 || slow < this.#places.size / 2) return undefined;
    return count("waits") > 0 ? "waits" : "computes";
  }
}
