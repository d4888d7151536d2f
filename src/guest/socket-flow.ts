/**
 * How much of a socket's bytes may be on the way between guest and host, in each direction. Imports nothing: it is compiled
 * on both sides of the boundary.
 *
 * A socket is the call `net.connect`, its argument JSON of where to. The first character of a text says what it is. From the
 * guest: `+` bytes, `.` the end of what it sends, `t` JSON of TLS options, `n` and `k` settings, `r` a reset. From the host: `c`
 * JSON of a connection, `s` JSON of a TLS session, `+` bytes, `.` the end of what the other side sends, `f` that the guest's
 * end was sent, `!` JSON of an error. `~texts,bytes` in either direction: so much was taken. The last word comes when it is closed.
 */

/** Most bytes of one text. */
export const SOCKET_TEXT_BYTES = 65_536;

/** When so many bytes or texts of a socket are under way, no more is sent. */
const WINDOW_BYTES = 262_144;
const WINDOW_TEXTS = 32;

/** So many are said to be taken at once, or more: far fewer than what stops a sender. */
const TAKEN_BYTES = 65_536;
const TAKEN_TEXTS = 8;

/** Most bytes and texts that an honest sender has under way. */
export const SOCKET_MOST_BYTES: number = WINDOW_BYTES + SOCKET_TEXT_BYTES;
export const SOCKET_MOST_TEXTS: number = WINDOW_TEXTS + 1;

/** What a sender has under way. */
export class SentBytes {
  #texts = 0;
  #bytes = 0;

  get isFull(): boolean {
    return this.#texts >= WINDOW_TEXTS || this.#bytes >= WINDOW_BYTES;
  }

  add(bytes: number): void {
    this.#texts++;
    this.#bytes += bytes;
  }

  /** By the text that the receiver sent. */
  taken(text: string): void {
    const [texts = "", bytes = ""] = text.slice(1).split(",", 2);
    // What is no number, or more than there was, is the receiver's loss.
    this.#texts = Math.max(0, this.#texts - (Number(texts) || 0));
    this.#bytes = Math.max(0, this.#bytes - (Number(bytes) || 0));
  }
}

/** What a receiver has taken and not yet said. */
export class TakenBytes {
  #texts = 0;
  #bytes = 0;

  /** A text with so many bytes was taken, or several; gives what to say of it, if it is time to. */
  add(bytes: number, texts: number = 1): string | undefined {
    this.#texts += texts;
    this.#bytes += bytes;
    if (this.#texts < TAKEN_TEXTS && this.#bytes < TAKEN_BYTES) return undefined;
    const text = `~${this.#texts},${this.#bytes}`;
    this.#texts = 0;
    this.#bytes = 0;
    return text;
  }
}
