import type { Invocation } from "../invocation/invocation.ts";

/** Invocations waiting for an environment, first come first served. Those completed meanwhile (aborted) are passed over. */
export class WaitingLine {
  #items: Invocation[] = [];
  #head = 0;
  #size = 0;

  /** Invocations that still wait. */
  get size(): number {
    return this.#size;
  }

  push(invocation: Invocation): void {
    this.#items.push(invocation);
    this.#size++;
  }

  /** Puts one back that has waited longest of all. */
  unshift(invocation: Invocation): void {
    this.#items.splice(0, this.#head, invocation);
    this.#head = 0;
    this.#size++;
  }

  /** One of those in the line has been completed by someone else. */
  gone(): void {
    this.#size--;
  }

  peek(): Invocation | undefined {
    this.#skip();
    return this.#items[this.#head];
  }

  shift(): Invocation | undefined {
    const first = this.peek();
    if (!first) return undefined;
    this.#head++;
    this.#size--;
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) this.#compact();
    return first;
  }

  #skip(): void {
    while (this.#items[this.#head]?.state === "completed") this.#head++;
    if (this.#head > 0 && this.#head === this.#items.length) this.#compact();
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
