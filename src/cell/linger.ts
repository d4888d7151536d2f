/**
 * How long a cell in a process looks for its next message before it sleeps: a lone caller's host takes about half of it to
 * be woken, to read the answer and to write its next message.
 */
const LINGER_MS = 0.1;

/** Messages taken that way before the loop has its turn, with its timers and immediates. */
const TURN_LIMIT = 32;

/** Misses in a row after which looking stops, and for how many turns it then does. */
const MISSES = 4;
const PAUSE_TURNS = 64;

/**
 * Takes messages that come right after the last one without going to sleep in between. A caller that waits for each
 * result sends its next message a few microseconds after the answer; putting the thread to sleep and waking it takes
 * longer than the invocation. Looking is given up for a while when it does not pay, so that idle and busy cells burn
 * nothing by it.
 */
export class Linger<Message> {
  readonly #poll: () => Message | undefined;
  readonly #take: (message: Message) => void;
  #misses = 0;
  #pausedTurns = 0;

  /** `poll` gives a message that is there already; `take` handles it. */
  constructor(poll: () => Message | undefined, take: (message: Message) => void) {
    this.#poll = poll;
    this.#take = take;
  }

  /** Called when a message has been handled in the ordinary way. */
  wait(): void {
    if (this.#pausedTurns > 0) {
      this.#pausedTurns--;
      return;
    }
    let taken = 0;
    while (taken < TURN_LIMIT && this.#takeNext()) taken++;
    if (taken > 0) this.#misses = 0;
    else if (++this.#misses >= MISSES) {
      this.#misses = 0;
      this.#pausedTurns = PAUSE_TURNS;
    }
  }

  #takeNext(): boolean {
    const untilMs = performance.now() + LINGER_MS;
    do {
      const message = this.#poll();
      if (message !== undefined) {
        this.#take(message);
        return true;
      }
    } while (performance.now() < untilMs);
    return false;
  }
}
