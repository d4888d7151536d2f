import type { Invocation } from "../invocation/invocation.ts";

/**
 * Invocations waiting for an environment, first come first served, and before them those that have come back from one.
 * Those completed meanwhile (aborted) are passed over.
 */
export class WaitingLine {
  readonly #returned = new Line();
  readonly #new = new Line();
  #size = 0;

  /** Invocations that still wait. */
  get size(): number {
    return this.#size;
  }

  push(invocation: Invocation): void {
    this.#new.push(invocation);
    this.#size++;
  }

  /** Takes one that an environment has not started: it goes before all that have never had one. */
  putBack(invocation: Invocation): void {
    this.#returned.push(invocation);
    this.#size++;
  }

  /** One of those in the line has been completed by someone else. */
  gone(): void {
    this.#size--;
  }

  peek(): Invocation | undefined {
    return this.#returned.peek() ?? this.#new.peek();
  }

  shift(): Invocation | undefined {
    const first = this.#returned.shift() ?? this.#new.shift();
    if (first) this.#size--;
    return first;
  }
}

/** A queue in an array, of which the head moves on. */
class Line {
  #items: Invocation[] = [];
  #head = 0;

  push(invocation: Invocation): void {
    this.#items.push(invocation);
  }

  peek(): Invocation | undefined {
    while (this.#items[this.#head]?.state === "completed") this.#head++;
    if (this.#head > 0 && this.#head === this.#items.length) this.#compact();
    return this.#items[this.#head];
  }

  shift(): Invocation | undefined {
    const first = this.peek();
    if (!first) return undefined;
    this.#head++;
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) this.#compact();
    return first;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
