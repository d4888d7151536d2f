/** Calls that one invocation may open, for each that may be open at once. */
const OPENED_FACTOR = 10;

/** Texts that one invocation may send for its open calls, for each that may be open at once. */
const SENT_FACTOR = 100;

/**
 * How much an environment may still call. A guest that opens and ends calls in a loop would keep its host busy while no
 * limit on open calls is ever reached; every invocation, and the init, brings new room, and so does each part of a reply: how
 * many of these there are is the host's to say.
 */
export class CallAllowance {
  readonly #limit: number;
  #opened = 0;
  #sent = 0;

  /** `limit` is how many calls may be open at once. */
  constructor(limit: number) {
    this.#limit = limit;
    this.add();
  }

  /** An invocation begins, whatever others have left over. */
  renew(): void {
    this.#opened = 0;
    this.#sent = 0;
    this.add();
  }

  /** One more invocation may begin, beside those that may run. */
  add(): void {
    this.#opened += this.#limit * OPENED_FACTOR;
    this.#sent += this.#limit * SENT_FACTOR;
  }

  /** A call is opened; false when that is one too many. */
  open(): boolean {
    return --this.#opened >= 0;
  }

  /** A part has come for an open call: what it brings may be answered, however long the call goes on. */
  received(): void {
    this.#sent++;
  }

  /** A text is sent for an open call; false when that is one too many. */
  send(): boolean {
    return --this.#sent >= 0;
  }
}
