import type { IsoletError } from "../base/errors.ts";
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
    if (invocation.state === "accepted") invocation.move("queued");
    this.#add(this.#new, invocation);
  }

  /** Takes one that an environment has not started: it goes before all that have never had one. */
  putBack(invocation: Invocation): void {
    invocation.move("queued");
    invocation.dispatchedMs = undefined;
    this.#add(this.#returned, invocation);
  }

  /** All that wait are lost; they fail with `fault`, if there is one. */
  loseAll(fault?: IsoletError): void {
    for (let next = this.shift(); next; next = this.shift())
      next.complete({ outcome: "lost", text: "", ...(fault && { fault }), durationMs: 0, cpuMs: 0 });
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

  #add(line: Line, invocation: Invocation): void {
    line.push(invocation);
    this.#size++;
    invocation.stop = (outcome) => {
      if (invocation.complete({ outcome, text: "", durationMs: 0, cpuMs: 0 })) this.gone();
    };
  }
}

/** A queue in an array, of which the head moves on. */
class Line {
  #items: (Invocation | undefined)[] = [];
  #head = 0;

  push(invocation: Invocation): void {
    this.#items.push(invocation);
  }

  peek(): Invocation | undefined {
    while (this.#items[this.#head]?.state === "completed") this.#drop();
    if (this.#head > 0 && this.#head === this.#items.length) this.#compact();
    return this.#items[this.#head];
  }

  shift(): Invocation | undefined {
    const first = this.peek();
    if (!first) return undefined;
    this.#drop();
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) this.#compact();
    return first;
  }

  /** Keeps hold of nothing that has left: all that hangs on it would outlive a collection. */
  #drop(): void {
    this.#items[this.#head] = undefined;
    this.#head++;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
