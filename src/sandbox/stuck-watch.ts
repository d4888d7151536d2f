import type { Clock, Timer } from "../base/clock.ts";
import type { EnvironmentListener } from "./listener.ts";

/** How often suspects are looked at. */
const WATCH_MS = 100;

/** What a {@link StuckWatch} is made of. */
export interface StuckWatchParts {
  readonly clock: Clock;
  /** How long an environment that was told to end may go on running before its cell counts as stuck. */
  readonly patienceMs: number;
  /** The environment that the cell runs at this moment; 0 when none. */
  readonly running: () => number;
  readonly onStuck: (culprit: EnvironmentListener) => void;
}

interface Suspect {
  readonly ping: number;
  readonly listener: EnvironmentListener;
  /** When it will have run for too long; undefined while the cell is not seen to run it. */
  stuckAtMs: number | undefined;
}

/**
 * Watches environments that were told to end and run, or may yet be entered: the cell reads its messages in order, so
 * each is a suspect until the cell has answered a ping that was sent after the order to end.
 */
export class StuckWatch {
  readonly #parts: StuckWatchParts;
  readonly #suspects = new Map<number, Suspect>();
  #ping = 0;
  #timer: Timer | undefined;

  constructor(parts: StuckWatchParts) {
    this.#parts = parts;
  }

  /** Gives the number of the ping to send now. */
  add(environment: number, listener: EnvironmentListener): number {
    const ping = ++this.#ping;
    this.#suspects.set(environment, { ping, listener, stuckAtMs: undefined });
    this.#judge();
    this.#arm();
    return ping;
  }

  /** The cell has answered that ping: what was told to end before it has ended. */
  clear(pong: number): void {
    for (const [environment, { ping }] of this.#suspects)
      if (ping <= pong) this.#suspects.delete(environment);
    if (this.#suspects.size === 0) this.stop();
  }

  stop(): void {
    this.#suspects.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    const waitMs = Math.min(WATCH_MS, this.#parts.patienceMs);
    this.#timer ??= this.#parts.clock.setTimer(() => this.#look(), waitMs, true);
  }

  #look(): void {
    this.#timer = undefined;
    const stuck = this.#judge();
    if (stuck) this.#parts.onStuck(stuck.listener);
    else this.#arm();
  }

  /** The suspect that has run for too long. */
  #judge(): Suspect | undefined {
    const { running, clock, patienceMs } = this.#parts;
    const present = running();
    const nowMs = clock.monotonicMs();
    for (const [environment, suspect] of this.#suspects) {
      if (environment !== present) suspect.stuckAtMs = undefined;
      else if (nowMs >= (suspect.stuckAtMs ??= nowMs + patienceMs)) return suspect;
    }
    return undefined;
  }
}
