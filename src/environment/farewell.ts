import type { Clock, Timer } from "../base/clock.ts";
import type { PlacedEnvironment } from "../sandbox/sandbox.ts";

/** How long after its time a cell may take to say that an environment has ended. */
const GRACE_MS = 100;

/** The orderly end of an environment whose guest listens for it. */
export class Farewell {
  readonly #clock: Clock;
  readonly #limitMs: number;
  #isWanted = false;
  #timer: Timer | undefined;
  #patience: Timer | undefined;
  #waiting: (() => void)[] = [];

  /** `limitMs` is how long a guest may take; 0 for no time at all. */
  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** Whether the guest has something to do at its end, and may. */
  get isWanted(): boolean {
    return this.#isWanted && this.#limitMs > 0;
  }

  /** Whether it is doing that. */
  get isUnderWay(): boolean {
    return this.#timer !== undefined;
  }

  want(): void {
    this.#isWanted = true;
  }

  /** Lets what runs finish first, for as long as the guest may take afterwards; `onOverdue` is called when it doesn't. */
  await(onOverdue: () => void): void {
    this.#patience ??= this.#clock.setTimer(onOverdue, this.#limitMs, true);
  }

  /** Has the guest do it; `onOverdue` is called when its cell doesn't say in time that it is over. */
  begin(placed: Pick<PlacedEnvironment, "shutDown">, onOverdue: () => void): void {
    this.#patience?.cancel();
    placed.shutDown(this.#limitMs);
    this.#timer = this.#clock.setTimer(onOverdue, this.#limitMs + GRACE_MS, true);
  }

  /** The environment has ended, however. */
  over(): void {
    this.#patience?.cancel();
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves with the environment's end. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
