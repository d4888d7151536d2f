import type { Clock, Timer } from "../base/clock.ts";

/** How often suspects are looked at. */
const WATCH_MS = 100;

/** How long an environment that was told to end may go on running before its cell counts as stuck. */
const STUCK_AFTER_MS = 250;

interface Suspect {
  readonly ping: number;
  /** When it will have run for too long; undefined while the cell is not seen to run it. */
  stuckAtMs: number | undefined;
}

/**
 * Watches environments that were told to end and run, or may yet be entered: the cell reads its messages in order, so
 * each is a suspect until the cell has answered a ping that was sent after the order to end.
 */
export class StuckWatch {
  readonly #clock: Clock;
  readonly #running: () => number;
  readonly #onStuck: () => void;
  readonly #suspects = new Map<number, Suspect>();
  #ping = 0;
  #timer: Timer | undefined;

  /** `running` gives the environment that the cell runs at this moment. */
  constructor(clock: Clock, running: () => number, onStuck: () => void) {
    this.#clock = clock;
    this.#running = running;
    this.#onStuck = onStuck;
  }

  /** Gives the number of the ping to send now. */
  add(environment: number): number {
    const ping = ++this.#ping;
    this.#suspects.set(environment, { ping, stuckAtMs: undefined });
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
    this.#timer ??= this.#clock.setTimer(() => this.#look(), WATCH_MS, true);
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#judge()) this.#onStuck();
    else this.#arm();
  }

  /** Whether a suspect has run for too long. */
  #judge(): boolean {
    const running = this.#running();
    const nowMs = this.#clock.monotonicMs();
    for (const [environment, suspect] of this.#suspects) {
      if (environment !== running) suspect.stuckAtMs = undefined;
      else if (nowMs >= (suspect.stuckAtMs ??= nowMs + STUCK_AFTER_MS)) return true;
    }
    return false;
  }
}
