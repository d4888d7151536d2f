/** The end of an environment that has something left to do then: a time in which it may. */
export class GuestShutdown {
  #deadlineMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #hasSaid = false;

  /** When it has to be over, on `performance.now()`'s scale. */
  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** The guest wants to hear of its end; `tell` is called the first time. */
  wanted(tell: () => void): void {
    if (this.#hasSaid) return;
    this.#hasSaid = true;
    tell();
  }

  begin(limitMs: number, onOver: () => void): void {
    this.#deadlineMs = performance.now() + limitMs;
    this.#timer = setTimeout(onOver, limitMs);
  }

  over(): void {
    clearTimeout(this.#timer);
  }
}
