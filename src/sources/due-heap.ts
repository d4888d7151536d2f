/** Something that waits for a time; `heapIndex` is the heap's own, -1 while it is in none. */
export interface Waiting {
  atMs: number;
  heapIndex: number;
}

/** A binary heap by `atMs` that also takes out what is in its middle, so that it never holds more than what waits. */
export class DueHeap<Item extends Waiting> {
  readonly #items: Item[] = [];

  /** When the first item is due. */
  get nextAtMs(): number | undefined {
    return this.#items[0]?.atMs;
  }

  add(item: Item): void {
    this.#items.push(item);
    item.heapIndex = this.#items.length - 1;
    this.#rise(item);
  }

  /** Takes out the first item when it is due by `nowMs`. */
  takeDue(nowMs: number): Item | undefined {
    const first = this.#items[0];
    if (!first || first.atMs > nowMs) return undefined;
    this.remove(first);
    return first;
  }

  /** Takes out an item that is in this heap. */
  remove(item: Item): void {
    const last = this.#items.pop();
    const index = item.heapIndex;
    item.heapIndex = -1;
    if (!last || last === item) return;
    this.#put(last, index);
    this.#rise(last);
    this.#sink(last);
  }

  /** Moves every time by the same amount, which keeps the order. */
  shift(byMs: number): void {
    for (const item of this.#items) item.atMs += byMs;
  }

  clear(): void {
    for (const item of this.#items) item.heapIndex = -1;
    this.#items.length = 0;
  }

  #rise(item: Item): void {
    for (;;) {
      const parent = this.#items[(item.heapIndex - 1) >> 1];
      if (item.heapIndex === 0 || !parent || parent.atMs <= item.atMs) return;
      this.#swap(item, parent);
    }
  }

  #sink(item: Item): void {
    for (;;) {
      const left = this.#items[2 * item.heapIndex + 1];
      const right = this.#items[2 * item.heapIndex + 2];
      const least = right && left && right.atMs < left.atMs ? right : left;
      if (!least || least.atMs >= item.atMs) return;
      this.#swap(item, least);
    }
  }

  #swap(a: Item, b: Item): void {
    const index = a.heapIndex;
    this.#put(a, b.heapIndex);
    this.#put(b, index);
  }

  #put(item: Item, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }
}
