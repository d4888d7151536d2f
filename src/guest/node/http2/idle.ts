/** Says when nothing has happened for a while. */
export class Idle {
  readonly #timedOut: () => void;
  #timer: NodeJS.Timeout | undefined;
  #timeoutMs = 0;

  constructor(timedOut: () => void) {
    this.#timedOut = timedOut;
  }

  /** 0 for never. */
  set(timeoutMs: number): void {
    this.#timeoutMs = timeoutMs;
    this.active();
  }

  active(): void {
    clearTimeout(this.#timer);
    if (this.#timeoutMs > 0) this.#timer = setTimeout(this.#timedOut, this.#timeoutMs).unref();
  }
}
