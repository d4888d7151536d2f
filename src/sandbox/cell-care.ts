import { BYTES_PER_MB } from "../base/sizes.ts";
import type { Clock, Timer } from "../base/clock.ts";
import { Growth } from "./growth.ts";
import type { HostCell } from "./host-cell.ts";

/** How often cells are looked at, in milliseconds. */
const LOOK_MS = 200;

/** What cells are kept to over their life. */
export interface CareOptions {
  readonly clock: Clock;
  /** Memory of a cell in MB beyond which it is killed; 0 for no limit. */
  readonly memoryMb: number;
  /** Invocations after which a cell is replaced; 0 for never. */
  readonly recycleAfter: number;
  readonly cells: () => Iterable<HostCell>;
  readonly replace: (cell: HostCell) => void;
}

/**
 * Looks after running cells: kills those that have taken too much memory, all in all or in one run, and replaces those that
 * have served long enough.
 */
export class CellCare {
  readonly #options: CareOptions;
  readonly #growth = new Growth();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: CareOptions) {
    this.#options = options;
  }

  /** There are cells to look after. */
  start(): void {
    const { memoryMb, recycleAfter, clock } = this.#options;
    if (this.#timer || this.#isStopped || (memoryMb === 0 && recycleAfter === 0)) return;
    this.#timer = clock.setTimer(() => {
      this.#timer = undefined;
      if (this.#look() > 0) this.start();
    }, LOOK_MS);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Gives how many cells there were. */
  #look(): number {
    const { memoryMb, recycleAfter, replace } = this.#options;
    const cells = [...this.#options.cells()];
    for (const cell of cells) {
      if (memoryMb > 0) this.#checkMemory(cell, memoryMb);
      if (recycleAfter > 0 && cell.served >= recycleAfter) replace(cell);
    }
    return cells.length;
  }

  #checkMemory(cell: HostCell, limitMb: number): void {
    const usedMb = Math.ceil(cell.memoryBytes / BYTES_PER_MB);
    if (usedMb > limitMb) {
      const passed = { limit: "cells.memoryMb", limitValue: limitMb, value: usedMb, unit: "MB" } as const;
      cell.abandon("memory", `it took ${usedMb} MB, over the limit cells.memoryMb of ${limitMb} MB`, passed);
      return;
    }
    const excess = this.#growth.excess(cell, usedMb);
    if (!excess) return;
    const { grownMb, ofMb } = excess;
    const passed = { limit: "memoryMb", limitValue: ofMb, value: grownMb, unit: "MB" } as const;
    const why = `its process grew by ${grownMb} MB in one run of a guest with memoryMb of ${ofMb}`;
    cell.abandon("memory", why, passed);
  }
}
