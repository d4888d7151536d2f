import { SHORT_TEXT_CHARS } from "../invocation/chunked-reader.ts";
import { CallFailure } from "./operations.ts";

/** Pieces of a stream that its reader has not yet taken, at most. */
export const PIECES_AHEAD = 8;

/** Most streams among the arguments of one call. */
const MOST_STREAMS = 8;

interface Waiting {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: Error) => void;
}

/** A stream of the guest's that was passed to a method, which goes through it once. */
class ArgumentStream implements AsyncIterableIterator<unknown> {
  readonly #say: (word: "" | "x") => void;
  readonly #pieces: unknown[] = [];
  #waiting: Waiting[] = [];
  #end: { readonly error?: Error } | undefined;

  /** `say` tells the guest that a piece was taken, or with `x` that no more is wanted. */
  constructor(say: (word: "" | "x") => void) {
    this.#say = say;
  }

  /** False when there is no room for it. */
  push(piece: unknown): boolean {
    if (this.#end) return true;
    if (this.#pieces.length >= PIECES_AHEAD) return false;
    const waiting = this.#waiting.shift();
    if (!waiting) this.#pieces.push(piece);
    else {
      this.#say("");
      waiting.resolve({ done: false, value: piece });
    }
    return true;
  }

  end(error?: Error): void {
    if (this.#end) return;
    this.#end = error ? { error } : {};
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error) reject(error);
      else resolve({ done: true, value: undefined });
    }
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.#pieces.length > 0) {
      this.#say("");
      return Promise.resolve({ done: false, value: this.#pieces.shift() });
    }
    if (this.#end?.error) return Promise.reject(this.#end.error);
    if (this.#end) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<unknown>> {
    if (!this.#end) this.#say("x");
    this.#pieces.length = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/**
 * The streams among the arguments of one call, by their places. The guest sends `s`, a place, and `=` and JSON or `b` and
 * bytes for a piece, `.` for its end or `!` and JSON of an error; it is told by `^` and the place of each piece that was
 * taken, with an `x` that no more is wanted.
 */
export class ArgumentStreams {
  readonly #streams = new Map<number, ArgumentStream>();

  /** `places` are numbers with commas between. @throws CallFailure */
  constructor(places: string, say: (text: string) => void) {
    for (const place of places === "" ? [] : places.split(",").map(Number)) {
      if (!Number.isInteger(place) || place < 0 || this.#streams.size >= MOST_STREAMS) {
        const message = `A binding's method takes at most ${MOST_STREAMS} streams in one call.`;
        throw new CallFailure("RangeError", message, "ERR_OUT_OF_RANGE");
      }
      this.#streams.set(place, new ArgumentStream((word) => say(`^${place}${word}`)));
    }
  }

  /** Puts them in their places. */
  fill(values: unknown[]): void {
    for (const [place, stream] of this.#streams) if (place < values.length) values[place] = stream;
  }

  /** @throws CallFailure for what breaks the rules. */
  take(text: string): void {
    const [, place = "", kind] = /^s(\d{1,3})([=b.!])/.exec(text) ?? [];
    const stream = this.#streams.get(Number(place));
    if (!stream || kind === undefined || place === "") return;
    const rest = text.slice(place.length + 2);
    if (kind === ".") stream.end();
    else if (kind === "!") stream.end(errorOf(rest));
    else if (rest.length > SHORT_TEXT_CHARS) {
      throw broken(`A piece of a stream has more than ${SHORT_TEXT_CHARS} characters of JSON: divide it.`);
    } else if (!stream.push(kind === "b" ? new Uint8Array(Buffer.from(rest, "latin1")) : parse(rest))) {
      throw broken("A stream went further ahead than there is room for.");
    }
  }

  /** The call is over: who still waits for a piece waits no more. */
  close(): void {
    for (const stream of this.#streams.values())
      stream.end(new Error("The call that the stream belongs to is over."));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw broken("A piece of a stream is no JSON.");
  }
}

function errorOf(text: string): Error {
  const { name, message } = parse(text) as { readonly name?: unknown; readonly message?: unknown };
  return Object.assign(new Error(String(message).slice(0, 8_192)), { name: String(name).slice(0, 64) });
}

function broken(message: string): CallFailure {
  return new CallFailure("RangeError", message, "ERR_TOO_LONG");
}
