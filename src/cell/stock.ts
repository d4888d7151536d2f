import type { GuestAssets } from "./assets.ts";
import { GenericEnvironment } from "./generic-environment.ts";

/** Most generic environments kept ready in one cell, over all heap limits. */
const STOCK_LIMIT = 64;

/** How long a cell must have been without a message before it makes an environment: that takes milliseconds. */
const QUIET_MS = 3;

/** The longest a missing environment is put off because the cell is busy. */
const PUT_OFF_MS = 100;

/** Generic environments made ahead, by heap limit, so that a cold start need only load user code. */
export class Stock {
  readonly #assets: GuestAssets;
  readonly #wanted = new Map<number, number>();
  readonly #ready = new Map<number, GenericEnvironment[]>();
  #refilling = false;
  #busyMs = 0;

  constructor(assets: GuestAssets) {
    this.#assets = assets;
  }

  /** Keeps `count` environments of that heap limit ready from now on. */
  want(memoryMb: number, count: number): void {
    if (count > 0) this.#wanted.set(memoryMb, Math.min(count, STOCK_LIMIT));
    else this.#wanted.delete(memoryMb);
    const surplus = this.#ready.get(memoryMb)?.splice(count) ?? [];
    for (const environment of surplus) environment.dispose();
    this.refill();
  }

  /** A ready environment, or one made now. */
  take(memoryMb: number): GenericEnvironment {
    const ready = this.#ready.get(memoryMb)?.pop();
    if (this.#wanted.has(memoryMb)) this.refill();
    return ready ?? this.#make(memoryMb);
  }

  /** The cell has something to do: what is missing can wait a moment. */
  busy(nowMs: number): void {
    this.#busyMs = nowMs;
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
    const made = this.#make(memoryMb);
    const list = this.#ready.get(memoryMb);
    if (list) list.push(made);
    else this.#ready.set(memoryMb, [made]);
  }

  #missing(): number | undefined {
    let total = 0;
    for (const list of this.#ready.values()) total += list.length;
    if (total >= STOCK_LIMIT) return undefined;
    for (const [memoryMb, count] of this.#wanted) {
      if ((this.#ready.get(memoryMb)?.length ?? 0) < count) return memoryMb;
    }
    return undefined;
  }

  #make(memoryMb: number): GenericEnvironment {
    return new GenericEnvironment(this.#assets, memoryMb);
  }
}
