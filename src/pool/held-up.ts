import type { Environment } from "../environment/environment.ts";

/** Environments of a pool that can do nothing because another version's long run holds their cell's thread. */
export class HeldUp {
  readonly #all = new Set<Environment>();

  add(environment: Environment): void {
    this.#all.add(environment);
  }

  delete(environment: Environment): void {
    this.#all.delete(environment);
  }

  /** How many of them are being initialised, and how many are initialised. */
  counts(): { readonly stalled: number; readonly heldUp: number } {
    if (this.#all.size === 0) return NONE;
    let stalled = 0;
    for (const { state } of this.#all) if (state === "initializing") stalled++;
    return { stalled, heldUp: this.#all.size - stalled };
  }

  /** Ends one in which nothing runs; false when there is none. */
  endIdle(): boolean {
    for (const environment of this.#all) {
      if (environment.state !== "ready") continue;
      environment.drain("moved");
      return true;
    }
    return false;
  }
}

const NONE = { stalled: 0, heldUp: 0 } as const;
