import type { OpenCall } from "./calls.ts";

/** Pieces that the host's method has not yet taken, at most. */
const PIECES_AHEAD = 8;

/** Most bytes of one piece; JSON goes as it is. */
const PIECE_BYTES = 65_536;

interface Placed {
  readonly place: number;
  readonly stream: AsyncIterable<unknown>;
}

/** Streams that are under way to the host as arguments of a call. */
export interface Outgoing {
  /** `^` and a place: a piece was taken; with an `x` no more is wanted. */
  heard(text: string): void;
  /** The call is over. */
  stop(): void;
}

/** Sends streams piece by piece, as fast as the host's method takes them. */
export function sendStreams(call: OpenCall, streams: readonly Placed[]): Outgoing {
  const senders = new Map(streams.map(({ place, stream }) => [place, new Sender(call, place, stream)]));
  return {
    heard(text) {
      const isLast = text.endsWith("x");
      const sender = senders.get(Number(text.slice(1, isLast ? -1 : undefined)));
      if (isLast) sender?.stop();
      else sender?.taken();
    },
    stop() {
      for (const sender of senders.values()) sender.stop();
    },
  };
}

class Sender {
  readonly #call: OpenCall;
  readonly #place: number;
  readonly #iterator: AsyncIterator<unknown>;
  #room = PIECES_AHEAD;
  #goOn: (() => void) | undefined;
  #isOver = false;

  constructor(call: OpenCall, place: number, stream: AsyncIterable<unknown>) {
    this.#call = call;
    this.#place = place;
    this.#iterator = stream[Symbol.asyncIterator]();
    void this.#run();
  }

  taken(): void {
    this.#room++;
    this.#goOn?.();
  }

  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#goOn?.();
    // Not waited for: a generator that is busy ends when it is done with that.
    this.#iterator.return?.().then(undefined, () => undefined);
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const next = await this.#iterator.next();
        if (this.#isOver) return;
        if (next.done === true) break;
        for (const piece of piecesOf(next.value)) {
          if (this.#room === 0) await this.#hasRoom();
          // It may have been stopped meanwhile.
          if (this.#isOver as boolean) return;
          this.#room--;
          this.#say(piece);
        }
      }
      this.#say(".");
    } catch (error) {
      const { name = "Error", message = String(error) } = (error ?? {}) as Partial<Error>;
      this.#say(`!${JSON.stringify({ name, message })}`);
    }
    this.#isOver = true;
  }

  #say(text: string): void {
    if (!this.#isOver) this.#call.more(`s${this.#place}${text}`);
  }

  #hasRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = () => {
        this.#goOn = undefined;
        resolve();
      };
    });
  }
}

function* piecesOf(value: unknown): Generator<string> {
  if (value instanceof Uint8Array) {
    for (let at = 0; at < value.length; at += PIECE_BYTES)
      yield `b${latin1Of(value.subarray(at, at + PIECE_BYTES))}`;
    return;
  }
  const text = JSON.stringify(value) as unknown;
  if (typeof text !== "string") throw new TypeError("A piece of a stream can't be written as JSON.");
  yield `=${text}`;
}

function latin1Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8_192)
    text += String.fromCharCode.apply(undefined, bytes.subarray(at, at + 8_192) as unknown as number[]);
  return text;
}
