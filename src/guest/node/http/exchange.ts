import { Buffer } from "node:buffer";
import { bytesOfText, textOfBytes } from "../../chunks/crypto/bytes.ts";
import { NET_FETCH, NET_PIECE_BYTES, PART_USED, REQUEST_WINDOW_BYTES } from "../../contract.ts";
import { IncomingMessage } from "./incoming.ts";

/** The runtime's way to the host. */
export interface Caller {
  open(operation: string, argument: string, listener: Listener): { more(text: string): void; end(): void };
}

interface Listener {
  part(text: string): void;
  done(): void;
  failed(error: Error): void;
}

/** What is asked of the host's `net.fetch`. */
export interface Ask {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly hasBody: boolean;
}

interface ExchangeEvents {
  response(response: IncomingMessage): void;
  /** Something has come. */
  active(): void;
  /** What waited has been sent, and more may come. */
  drained(): void;
  failed(error: Error): void;
}

/** A piece of the body that waits for room, or the body's end. */
interface Piece {
  readonly text: string;
  readonly callback?: (() => void) | undefined;
}

/** One request and its response, by the host's `net.fetch`: bytes cross as Latin-1. */
export class Exchange {
  readonly #call: ReturnType<Caller["open"]>;
  readonly #socket: object;
  readonly #events: ExchangeEvents;
  #response: IncomingMessage | undefined;
  /** Parts that have come and are not yet read. */
  #unread = 0;
  /** Bytes of the body that the host has not sent on. */
  #unsentBytes = 0;
  readonly #waiting: Piece[] = [];

  constructor(caller: Caller, ask: Ask, socket: object, events: ExchangeEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#call = caller.open(NET_FETCH, JSON.stringify(ask), {
      part: (text) => this.#part(text),
      done: () => this.#done(),
      failed: (error) => events.failed(error),
    });
  }

  /** Bytes of the body that wait here for room at the host. */
  get waitingBytes(): number {
    return this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
  }

  /** `callback` is called when they have gone to the host. False when it is better to wait for `drained`. */
  send(bytes: Uint8Array, callback?: () => void): boolean {
    const { buffer, byteOffset, byteLength } = bytes;
    const all = new Uint8Array(buffer, byteOffset, byteLength);
    for (let at = 0; at < byteLength; at += NET_PIECE_BYTES)
      this.#waiting.push({ text: `+${textOfBytes(all.subarray(at, at + NET_PIECE_BYTES))}` });
    if (callback) this.#waiting.push({ text: "", callback });
    this.#flush();
    return this.#unsentBytes < REQUEST_WINDOW_BYTES;
  }

  sendEnd(): void {
    this.#waiting.push({ text: "." });
    this.#flush();
  }

  #flush(): void {
    for (;;) {
      const [piece] = this.#waiting;
      const isBody = piece?.text.startsWith("+") === true;
      if (!piece || (isBody && this.#unsentBytes >= REQUEST_WINDOW_BYTES)) return;
      this.#waiting.shift();
      if (isBody) this.#unsentBytes += piece.text.length - 1;
      if (piece.text !== "") this.#call.more(piece.text);
      if (piece.callback) process.nextTick(piece.callback);
    }
  }

  #sent(bytes: number): void {
    const wasFull = this.#unsentBytes >= REQUEST_WINDOW_BYTES;
    this.#unsentBytes -= bytes;
    this.#flush();
    if (wasFull && this.#unsentBytes < REQUEST_WINDOW_BYTES) this.#events.drained();
  }

  abandon(): void {
    this.#call.end();
  }

  #part(text: string): void {
    this.#events.active();
    if (text.startsWith("~")) {
      this.#sent(Number(text.slice(1)));
      return;
    }
    if (!this.#response) {
      this.#begin(JSON.parse(text) as Head);
      return;
    }
    // The next one is asked for when this one is read.
    if (this.#response._dumped || this.#response.push(Buffer.from(bytesOfText(text.slice(1)).buffer)))
      this.#call.more(PART_USED);
    else this.#unread++;
  }

  #begin({ status, statusText, headers }: Head): void {
    const response = new IncomingMessage(this.#socket);
    const read = (): void => {
      for (; this.#unread > 0; this.#unread--) this.#call.more(PART_USED);
    };
    this.#response = Object.assign(response, {
      statusCode: status,
      statusMessage: statusText,
      httpVersion: "1.1",
      httpVersionMajor: 1,
      httpVersionMinor: 1,
      rawHeaders: headers.flat(),
      _read: read,
    });
    this.#events.response(this.#response);
  }

  #done(): void {
    const response = this.#response;
    if (!response) return;
    response.complete = true;
    response.push(null);
  }
}

interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
}
