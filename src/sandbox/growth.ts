import type { HostCell } from "./host-cell.ts";

/** A process may grow by this many times its guest's `memoryMb` in one run, for V8 copies what it moves, */
const ALLOWED_SHARE = 2;

/** and by this much more, in MB. */
const ALLOWED_MB = 64;

interface Seen {
  /** What held the thread, if anything did. */
  readonly run: number | undefined;
  /** Memory before that run. */
  readonly beforeMb: number;
  readonly usedMb: number;
}

/**
 * Finds the guests that make their process grow by far more than their heap limit allows in one run: by native memory,
 * which isolated-vm doesn't count.
 */
export class Growth {
  readonly #seen = new WeakMap<HostCell, Seen>();

  /** By how much the run that holds the cell's thread has made it grow, of which limit, if that is too much. */
  excess(cell: HostCell, usedMb: number): { readonly grownMb: number; readonly ofMb: number } | undefined {
    const before = this.#seen.get(cell);
    const running = cell.running;
    const isSame = running !== undefined && running.run === before?.run;
    const beforeMb = isSame ? before.beforeMb : (before?.usedMb ?? usedMb);
    this.#seen.set(cell, { run: running?.run, beforeMb, usedMb });
    const ofMb = running && cell.residents.get(running.environment)?.memoryMb;
    if (!isSame || ofMb === undefined) return undefined;
    const grownMb = usedMb - beforeMb;
    return grownMb > ofMb * ALLOWED_SHARE + ALLOWED_MB ? { grownMb, ofMb } : undefined;
  }
}
