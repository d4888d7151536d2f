const MAX_DELAY_MS = 2_147_483_647;

/**
 * The timers a guest has set. They stand still while no invocation runs, as everything in a frozen Lambda environment
 * does: what comes due then fires when the next invocation has begun.
 */
export class GuestTimers {
  readonly #limit: number;
  readonly #fire: (id: number) => void;
  readonly #handles = new Map<number, NodeJS.Timeout | NodeJS.Immediate>();
  #due: number[] = [];
  #frozen = false;

  /** `limit` is how many may be set at once. */
  constructor(limit: number, fire: (id: number) => void) {
    this.#limit = limit;
    this.#fire = fire;
  }

  /** Timers set and not yet fired or cleared. */
  get size(): number {
    return this.#handles.size;
  }

  /** False when there are too many. */
  set(id: number, delayMs: number): boolean {
    this.clear(id);
    if (this.#handles.size >= this.#limit) return false;
    const comeDue = (): void => this.#comeDue(id);
    const delay = Math.min(delayMs, MAX_DELAY_MS);
    this.#handles.set(id, delay > 0 ? setTimeout(comeDue, delay) : setImmediate(comeDue));
    return true;
  }

  clear(id: number): void {
    const handle = this.#handles.get(id);
    if (handle === undefined) return;
    this.#handles.delete(id);
    clearTimeout(handle as NodeJS.Timeout);
    clearImmediate(handle as NodeJS.Immediate);
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    if (this.#due.length === 0) return;
    const due = this.#due;
    this.#due = [];
    for (const id of due)
      if (this.#handles.has(id))
        this.#handles.set(
          id,
          setImmediate(() => this.#comeDue(id)),
        );
  }

  clearAll(): void {
    for (const id of [...this.#handles.keys()]) this.clear(id);
    this.#due = [];
  }

  #comeDue(id: number): void {
    if (this.#frozen) {
      this.#due.push(id);
      return;
    }
    this.#handles.delete(id);
    this.#fire(id);
  }
}
