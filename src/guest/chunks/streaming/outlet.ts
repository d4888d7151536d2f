import { RESPONSE_GONE, RESPONSE_PIECE_BYTES, RESPONSE_WINDOW_BYTES } from "../../contract.ts";
import type { Call, Calls } from "../../runtime/calls.ts";

type Callback = () => void;

/** What an outlet acts on. */
export interface OutletParts {
  readonly calls: Calls;
  /** Of the contract's two. */
  readonly operation: string;
  /** The invocation's. */
  readonly number: number;
  /** The host takes no more; the name of the error is Lambda's error type. */
  readonly onRefused: (error: Error) => void;
  /** Nobody reads the response any more; what is written goes nowhere. */
  readonly onGone: () => void;
}

/** The open call of a response, and how much of it the host has room for. */
export class Outlet {
  readonly #parts: OutletParts;
  contentType: string;
  #call: Call | undefined;
  #onTheWay = 0;
  #goOn: Callback | undefined;

  constructor(parts: OutletParts, contentType: string) {
    this.#parts = parts;
    this.contentType = contentType;
  }

  get isOpen(): boolean {
    return this.#call !== undefined;
  }

  open(): Call {
    const { calls, operation, number, onRefused, onGone } = this.#parts;
    return (this.#call ??= calls.open(operation, `${number}\n${this.contentType}`, {
      part: (text) => (text === RESPONSE_GONE ? onGone() : this.#room(Number(text))),
      done: () => undefined,
      failed: onRefused,
    }));
  }

  /** Takes bytes as Latin-1, and calls back when all of them are on their way. */
  send(text: string, callback: Callback): void {
    const call = this.open();
    let at = 0;
    while (at < text.length && this.#onTheWay < RESPONSE_WINDOW_BYTES) {
      const end = Math.min(at + RESPONSE_PIECE_BYTES, text.length);
      this.#onTheWay += end - at;
      call.more(text.slice(at, end));
      at = end;
    }
    if (at < text.length) this.#goOn = () => this.send(text.slice(at), callback);
    else if (this.#onTheWay >= RESPONSE_WINDOW_BYTES) this.#goOn = callback;
    // Later, so that what is written at once goes as one.
    else queueMicrotask(callback);
  }

  /** All has been sent: the reader sees the end, whatever the function still does. */
  finish(): void {
    this.open().more("");
    this.end();
  }

  /** No more will come. */
  end(): void {
    this.#goOn = undefined;
    this.#call?.end();
  }

  #room(taken: number): void {
    this.#onTheWay -= taken;
    const goOn = this.#goOn;
    if (!goOn || this.#onTheWay >= RESPONSE_WINDOW_BYTES) return;
    this.#goOn = undefined;
    goOn();
  }
}
