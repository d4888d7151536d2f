import type { Clock, Timer } from "../base/clock.ts";
import type { HostCell } from "./host-cell.ts";

/** How often cells that owe an answer are looked at, and so how long a run may take before others are helped. */
const LOOK_MS = 5;

/** What a {@link HoldWatch} is made of. */
export interface HoldWatchParts {
  readonly clock: Clock;
  readonly cells: () => Iterable<HostCell>;
  /** One run holds the cell's thread. Called at every look for as long as it does. */
  readonly onHeld: (cell: HostCell) => void;
}

/** Finds the cells of which the thread is held by one long run. One timer for all, and none while nothing is owed. */
export class HoldWatch {
  readonly #parts: HoldWatchParts;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(parts: HoldWatchParts) {
    this.#parts = parts;
  }

  /** A cell owes an answer. */
  arm(): void {
    if (this.#timer || this.#isStopped) return;
    this.#timer = this.#parts.clock.setTimer(() => {
      this.#timer = undefined;
      if (this.#look()) this.arm();
    }, LOOK_MS);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Whether there is anything to look at. */
  #look(): boolean {
    const nowMs = this.#parts.clock.monotonicMs();
    const owing = [...this.#parts.cells()].filter(({ outstanding, hold }) => outstanding > 0 || hold.isOn);
    // All first: who is helped out of one is not to be sent into another that is held.
    const held = owing.filter(({ hold }) => hold.look(nowMs));
    for (const cell of held) this.#parts.onHeld(cell);
    return owing.length > 0;
  }
}
