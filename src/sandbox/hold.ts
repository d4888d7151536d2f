import type { CellProgress, RunningGuest } from "./link.ts";
import type { Residents } from "./residents.ts";

/** Tells whether one run has held its cell's thread from one look to the next, and tells environments what comes of it. */
export class Hold {
  readonly #progress: CellProgress;
  readonly #residents: Residents;
  /** What ran when it was looked at last. */
  #seen: RunningGuest | undefined;
  #seenMs = 0;
  #forMs = 0;
  #holder = 0;

  constructor(progress: CellProgress, residents: Residents) {
    this.#progress = progress;
    this.#residents = residents;
  }

  /** Whether one run has held the thread for so long that nothing should be sent to the cell. */
  get isOn(): boolean {
    return this.#holder !== 0;
  }

  /** Whether that run is another environment's than this one. */
  isOnFor(environment: number): boolean {
    return this.isOn && this.#holder !== environment;
  }

  /** Looks what runs, and gives whether that has held the thread since the last look. */
  look(nowMs: number): boolean {
    const running = this.#progress.running();
    const isHeld = running !== undefined && running.run === this.#seen?.run;
    if (!isHeld) this.#seenMs = nowMs;
    this.#forMs = nowMs - this.#seenMs;
    this.#seen = running;
    if (isHeld) this.#holder = running.environment;
    else this.over();
    return isHeld;
  }

  /** Has environments take back what the run that holds the thread keeps from starting. */
  rescue(): void {
    const version = this.#residents.get(this.#holder)?.version;
    for (const resident of this.#residents.list())
      if (resident.unanswered > 0) resident.listener.heldUp(resident.version === version, this.#forMs);
  }

  /** The cell has said something that it says between runs. Should one go on all the same, the next look shows it. */
  over(): void {
    if (!this.isOn) return;
    this.#holder = 0;
    for (const { listener } of this.#residents.list()) listener.freed();
  }
}
