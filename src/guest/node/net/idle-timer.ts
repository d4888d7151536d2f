/** Tells when nothing has happened for so long. */
export class IdleTimer {
  readonly #act: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(act: () => void) {
    this.#act = act;
  }

  /** 0 is never. */
  set(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = timeoutMs > 0 ? setTimeout(this.#act, timeoutMs).unref() : undefined;
  }

  /** Something has happened: the time begins anew. */
  refresh(): void {
    this.#timer?.refresh();
  }
}
