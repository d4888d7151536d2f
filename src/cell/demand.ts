/** Starts no further apart than this are of one burst: the next one would have come before its environment was made. */
const BURST_MS = 100;

/** How long a burst is remembered. */
const MEMORY_MS = 60_000;

/** How many environments of a kind were lately wanted at once. */
export class Demand {
  #lastMs = -Infinity;
  #burst = 0;
  #mostMs = -Infinity;
  #most = 0;

  /** One has been wanted at `nowMs`. */
  note(nowMs: number): void {
    this.#burst = nowMs - this.#lastMs <= BURST_MS ? this.#burst + 1 : 1;
    this.#lastMs = nowMs;
    if (this.#burst < this.most(nowMs)) return;
    this.#most = this.#burst;
    this.#mostMs = nowMs;
  }

  /** The largest burst of the last minute. */
  most(nowMs: number): number {
    return nowMs - this.#mostMs <= MEMORY_MS ? this.#most : 0;
  }

  /** When that is forgotten. */
  get untilMs(): number {
    return this.#mostMs + MEMORY_MS;
  }
}
