import type { GuestAssets } from "./assets.ts";
import { GenericEnvironment } from "./generic-environment.ts";

/** Most generic environments kept ready in one cell, over all heap limits. */
const STOCK_LIMIT = 64;

/** Generic environments made ahead, by heap limit, so that a cold start need only load user code. */
export class Stock {
  readonly #assets: GuestAssets;
  readonly #wanted = new Map<number, number>();
  readonly #ready = new Map<number, GenericEnvironment[]>();
  #refilling = false;

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

  /** Makes missing ones, one a turn of the loop, so that no message waits for more than one of them. */
  refill(): void {
    if (this.#refilling) return;
    this.#refilling = true;
    setImmediate(() => {
      this.#refilling = false;
      const memoryMb = this.#missing();
      if (memoryMb === undefined) return;
      const list = this.#ready.get(memoryMb);
      const made = this.#make(memoryMb);
      if (list) list.push(made);
      else this.#ready.set(memoryMb, [made]);
      this.refill();
    });
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
