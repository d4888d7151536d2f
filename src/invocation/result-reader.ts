import { ChunkedReader } from "./chunked-reader.ts";

/** How long reading may hold the host's event loop at a time, in milliseconds. */
const TURN_MS = 5;

interface Read {
  readonly reader: ChunkedReader;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads long results beside everything else that the host does: all of them together hold its event loop for about
 * {@link TURN_MS} in a turn, and those that take longer take turns.
 */
export class ResultReader {
  readonly #reads: Read[] = [];
  readonly #waiters: (() => void)[] = [];
  #isScheduled = false;
  readonly #turn = (): void => this.#work();

  /** What `text` says. Rejects with a `SyntaxError` for what isn't JSON, `TooDeepError`, and what it was ended with. */
  read(text: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#reads.push({ reader: new ChunkedReader(text), resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing is being read. */
  idle(): Promise<void> {
    if (this.#reads.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Rejects what is being read. */
  end(error: Error): void {
    for (const { reject } of this.#reads.splice(0)) reject(error);
    this.#tellIdle();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#turn);
  }

  #work(): void {
    this.#isScheduled = false;
    const untilMs = performance.now() + TURN_MS;
    const isSpent = (): boolean => performance.now() >= untilMs;
    let read: Read | undefined;
    while ((read = this.#reads.shift())) {
      if (!advance(read, isSpent)) this.#reads.push(read);
      if (isSpent()) break;
    }
    if (this.#reads.length > 0) this.#schedule();
    else this.#tellIdle();
  }

  #tellIdle(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

/** Gives whether it has been answered. */
function advance({ reader, resolve, reject }: Read, isSpent: () => boolean): boolean {
  try {
    if (!reader.advance(isSpent)) return false;
    resolve(reader.value());
  } catch (error) {
    reject(error);
  }
  return true;
}
