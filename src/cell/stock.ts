import type { GuestAssets } from "./assets.ts";
import { Demand } from "./demand.ts";
import { GenericEnvironment } from "./generic-environment.ts";

/** Most generic environments kept ready in one cell, over all heap limits. */
const STOCK_LIMIT = 64;

/** How many times as many as are asked for are kept where that many were lately wanted at once. */
const STRETCH = 4;

/** How long a cell must have been without a message before it makes an environment: that takes milliseconds. */
const QUIET_MS = 3;

/** The longest a missing environment is put off because the cell is busy. */
const PUT_OFF_MS = 100;

/** The stock of one heap limit. */
interface Shelf {
  /** How many are kept at least. */
  readonly count: number;
  readonly demand: Demand;
  readonly ready: GenericEnvironment[];
}

/** Generic environments made ahead, by heap limit, so that a cold start need only load user code. */
export class Stock {
  readonly #make: (memoryMb: number) => GenericEnvironment;
  readonly #shelves = new Map<number, Shelf>();
  #refilling = false;
  #busyMs = 0;
  #isTrimming = false;

  constructor(
    assets: GuestAssets,
    make: (memoryMb: number) => GenericEnvironment = (memoryMb) => new GenericEnvironment(assets, memoryMb),
  ) {
    this.#make = make;
  }

  /** Keeps `count` environments of that heap limit ready from now on, and more while more are wanted at once. */
  want(memoryMb: number, count: number): void {
    const { demand = new Demand(), ready = [] } = this.#shelves.get(memoryMb) ?? {};
    const shelf = { count: Math.min(count, STOCK_LIMIT), demand, ready };
    if (count > 0) this.#shelves.set(memoryMb, shelf);
    else this.#shelves.delete(memoryMb);
    endSurplus(shelf);
    this.refill();
  }

  /** A ready environment, or one made now. */
  take(memoryMb: number): GenericEnvironment {
    const shelf = this.#shelves.get(memoryMb);
    if (!shelf) return this.#make(memoryMb);
    shelf.demand.note(performance.now());
    const ready = shelf.ready.pop();
    this.refill();
    return ready ?? this.#make(memoryMb);
  }

  /** The cell has something to do: what is missing can wait a moment. */
  busy(nowMs: number): void {
    this.#busyMs = nowMs;
  }

  /** Whether one is about to be made, which takes a turn of the loop. */
  get isRefilling(): boolean {
    return this.#refilling;
  }

  /** Makes missing ones, one at a time and when the cell is quiet, so that no cold start waits for the next one's stock. */
  refill(): void {
    if (this.#refilling || this.#missing() === undefined) return;
    this.#refilling = true;
    this.#refillSoon(performance.now() + PUT_OFF_MS);
  }

  #refillSoon(latestMs: number): void {
    setTimeout(() => {
      const nowMs = performance.now();
      if (nowMs - this.#busyMs < QUIET_MS && nowMs < latestMs) {
        this.#refillSoon(latestMs);
        return;
      }
      this.#refilling = false;
      this.#addMissing();
      this.refill();
    }, QUIET_MS);
  }

  #addMissing(): void {
    const memoryMb = this.#missing();
    if (memoryMb === undefined) return;
    const shelf = this.#shelves.get(memoryMb);
    shelf?.ready.push(this.#make(memoryMb));
    if (shelf && shelf.ready.length > shelf.count) this.#trimAt(shelf.demand.untilMs);
  }

  #missing(): number | undefined {
    let total = 0;
    for (const { ready } of this.#shelves.values()) total += ready.length;
    if (total >= STOCK_LIMIT) return undefined;
    for (const [memoryMb, shelf] of this.#shelves) if (shelf.ready.length < wantedOf(shelf)) return memoryMb;
    return undefined;
  }

  /** Ends what is kept for a burst once that is forgotten. */
  #trimAt(timeMs: number): void {
    if (this.#isTrimming) return;
    this.#isTrimming = true;
    setTimeout(() => this.#trim(), timeMs - performance.now() + 1).unref();
  }

  #trim(): void {
    this.#isTrimming = false;
    for (const shelf of this.#shelves.values()) {
      endSurplus(shelf);
      if (shelf.ready.length > shelf.count) this.#trimAt(shelf.demand.untilMs);
    }
  }
}

function wantedOf({ count, demand }: Shelf): number {
  return Math.max(count, Math.min(demand.most(performance.now()), count * STRETCH));
}

function endSurplus(shelf: Shelf): void {
  for (const environment of shelf.ready.splice(wantedOf(shelf))) environment.dispose();
}
