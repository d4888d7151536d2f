/** A codec of the cell's, with the face of the handle under Node's zlib streams, which packages reach for. */
import type { Calls } from "../../runtime/calls.ts";
import { textOfBytes } from "../crypto/bytes.ts";
import { failureOf } from "../crypto/failure.ts";

/** Most input and output of a write in the cell. Little, for the time between two looks at the clock. */
const INPUT_BYTES = 131_072;
const OUTPUT_BYTES = 1_048_576;

export interface ZlibCalls {
  readonly calls: Pick<Calls, "ask">;
  readonly DOMException: new (message: string, name: string) => Error;
}

export interface CodecError extends Error {
  readonly errno?: number;
  readonly code?: string;
}

/** Has the cell's service do `verb`. @throws what it says is wrong */
export function askZlib({ calls, DOMException }: ZlibCalls, verb: string, argument: string): string {
  const answer = calls.ask(`zlib.${verb}`, argument);
  if (answer.startsWith("!")) throw failureOf(answer.slice(1), DOMException);
  return answer.slice(1);
}

export class ZlibHandle {
  /** Hears what goes wrong in a write. */
  onerror: ((message: string, errno: number, code: string) => void) | undefined;
  readonly #ask: (verb: string, argument: string) => string;
  readonly #id: string;
  /** Room that was left in the output, and input that was left over, by the last write. */
  readonly #state: Uint32Array;
  #closed = false;

  /** `options` are those of Node's zlib; `state` gets what is left by a write. @throws what is wrong with the options */
  constructor(
    calls: ZlibCalls,
    kind: string,
    options: object,
    dictionary: Uint8Array | undefined,
    state: Uint32Array,
  ) {
    this.#ask = (verb, argument) => askZlib(calls, verb, argument);
    this.#state = state;
    const bytes = dictionary ? textOfBytes(dictionary) : "";
    this.#id = this.#ask("make", `${JSON.stringify([kind, options])}\n${bytes}`);
  }

  /** Works on `input` until it is used up or `output` is full. */
  writeSync(
    flush: number,
    input: Uint8Array | null | undefined,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void {
    let from = inputOffset;
    let to = outputOffset;
    const inputEnd = inputOffset + inputLength;
    const outputEnd = outputOffset + outputLength;
    try {
      for (;;) {
        const size = Math.min(INPUT_BYTES, inputEnd - from);
        const isLast = from + size === inputEnd;
        const room = Math.min(OUTPUT_BYTES, outputEnd - to);
        const piece = input ? textOfBytes(input.subarray(from, from + size)) : "";
        const [left, roomLeft, text, start] = this.#write(isLast ? flush : 0, piece, room);
        for (let at = start; at < text.length; at++) output[to++] = text.charCodeAt(at);
        from += size - left;
        if (to === outputEnd) break;
        // Room that the cell had no more of, though there is.
        if (roomLeft === 0) continue;
        if (isLast || left > 0) break;
      }
    } catch (error) {
      this.#fail(error as CodecError);
    }
    this.#state[0] = outputEnd - to;
    this.#state[1] = inputEnd - from;
  }

  /** The same, with the word that it is done for later. */
  write(...args: Parameters<ZlibHandle["writeSync"]>): void {
    this.writeSync(...args);
  }

  params(level: number, strategy: number): void {
    this.#ask("params", `${this.#id},${level},${strategy}`);
  }

  reset(): void {
    this.#ask("reset", this.#id);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ask("close", this.#id);
  }

  /** What is left of input and room, and the answer with the place where its bytes begin. */
  #write(flush: number, piece: string, room: number): [number, number, string, number] {
    const answer = this.#ask("write", `${this.#id},${flush},${room}\n${piece}`);
    const comma = answer.indexOf(",");
    const cut = answer.indexOf("\n");
    return [Number(answer.slice(0, comma)), Number(answer.slice(comma + 1, cut)), answer, cut + 1];
  }

  #fail(error: CodecError): void {
    const { onerror } = this;
    if (!onerror) throw error;
    onerror.call(this, error.message, error.errno ?? -2, error.code ?? "Z_STREAM_ERROR");
  }
}
