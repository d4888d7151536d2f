/** One request and its response, as undici's handlers see them. */
import { NET_FETCH, NET_PIECE_BYTES, PART_USED, REQUEST_WINDOW_BYTES } from "../../contract.ts";
import type { Call, Calls } from "../../runtime/calls.ts";
import { bytesOf, latin1Of } from "../globals/latin1.ts";

/** What is to be sent. */
export interface Request {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  /** Names and values. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** undici's handler of a request. */
export interface Handler {
  onRequestStart?(controller: Controller, context: object): void;
  onBodySent?(chunk: Uint8Array): void;
  onRequestSent?(): void;
  onResponseStarted?(): void;
  onResponseStart?(controller: Controller, status: number, headers: object, statusText: string): void;
  onResponseData?(controller: Controller, chunk: Uint8Array): void;
  onResponseEnd?(controller: Controller, trailers: object): void;
  onResponseError?(controller: Controller, error: unknown): void;
}

/** The first part of the host's answer. */
interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A request under way, as undici's handlers see it. */
export class Controller {
  rawHeaders: string[] = [];
  aborted = false;
  reason: unknown = null;
  paused = false;
  readonly #handler: Handler;
  readonly #waiting: string[] = [];
  #call: Call | undefined;
  #hasHead = false;
  #ended = false;
  #over = false;
  /** Bytes of the body that the host has not sent on. */
  #unsentBytes = 0;
  #hasRoom: (() => void) | undefined;

  readonly #calls: Calls;

  constructor(handler: Handler, calls: Calls) {
    this.#handler = handler;
    this.#calls = calls;
  }

  send(request: Request): void {
    this.#handler.onRequestStart?.(this, {});
    if (this.#over) return;
    const { origin, path, method, headers, body } = request;
    const argument = { method, url: origin + path, headers, hasBody: body !== null };
    this.#call = this.#calls.open(NET_FETCH, JSON.stringify(argument), {
      part: (text) => this.#part(text),
      done: () => {
        this.#ended = true;
        this.#goOn();
        this.#flush();
      },
      failed: (error) => this.#fail(error),
    });
    if (body) void this.#sendBody(this.#call, body);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.#flush();
  }

  abort(reason: unknown): void {
    if (this.#over) return;
    this.aborted = true;
    this.reason = reason;
    this.#call?.end();
    this.#fail(reason);
  }

  async #sendBody(call: Call, body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const bytes of body) {
        for (let at = 0; at < bytes.byteLength; at += NET_PIECE_BYTES) {
          const piece = bytes.subarray(at, at + NET_PIECE_BYTES);
          call.more(`+${latin1Of(piece)}`);
          this.#unsentBytes += piece.byteLength;
          if (this.#unsentBytes >= REQUEST_WINDOW_BYTES && !this.#ended && !this.#over) await this.#room();
        }
        this.#handler.onBodySent?.(bytes);
        // The answer is whole: nobody waits for the rest.
        if (this.#ended || this.#over) return;
      }
      call.more(".");
      this.#handler.onRequestSent?.();
    } catch (error) {
      this.abort(error);
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#hasRoom = resolve;
    });
  }

  #goOn(): void {
    const resolve = this.#hasRoom;
    this.#hasRoom = undefined;
    resolve?.();
  }

  #part(text: string): void {
    if (text.startsWith("~")) {
      this.#unsentBytes -= Number(text.slice(1));
      if (this.#unsentBytes < REQUEST_WINDOW_BYTES) this.#goOn();
      return;
    }
    if (this.#hasHead) {
      this.#waiting.push(text.slice(1));
      this.#flush();
      return;
    }
    this.#hasHead = true;
    const { status, statusText, headers } = JSON.parse(text) as Head;
    this.rawHeaders = headers.flat();
    this.#handler.onResponseStarted?.();
    this.#handler.onResponseStart?.(this, status, recordOf(headers), statusText);
  }

  #flush(): void {
    while (!this.paused && !this.#over) {
      const text = this.#waiting.shift();
      if (text === undefined) break;
      this.#call?.more(PART_USED);
      this.#handler.onResponseData?.(this, bytesOf(text));
    }
    if (!this.#ended || this.#over || this.#waiting.length > 0) return;
    this.#over = true;
    this.#handler.onResponseEnd?.(this, {});
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#goOn();
    this.#handler.onResponseError?.(this, error);
  }
}

/** By names in lower case; of a name that comes several times a list. */
function recordOf(headers: Head["headers"]): Record<string, string | string[]> {
  const found = Object.create(null) as Record<string, string | string[]>;
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    const before = found[name];
    found[name] = before === undefined ? value : [before, value].flat();
  }
  return found;
}
