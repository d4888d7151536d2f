import { Buffer } from "node:buffer";
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
  failed(error: Error): void;
}

/** Most bytes of one text that goes to the host. */
const PART_BYTES = 65_536;

/** One request and its response, by the host's `net.fetch`: bytes cross as Latin-1. */
export class Exchange {
  readonly #call: ReturnType<Caller["open"]>;
  readonly #socket: object;
  readonly #events: ExchangeEvents;
  #response: IncomingMessage | undefined;
  /** Parts that have come and are not yet read. */
  #unread = 0;

  constructor(caller: Caller, ask: Ask, socket: object, events: ExchangeEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#call = caller.open("net.fetch", JSON.stringify(ask), {
      part: (text) => this.#part(text),
      done: () => this.#done(),
      failed: (error) => events.failed(error),
    });
  }

  send(bytes: Uint8Array): void {
    const { buffer, byteOffset, byteLength } = bytes;
    const all = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
    for (let at = 0; at < byteLength; at += PART_BYTES) {
      this.#call.more(`+${all.toString("latin1", at, at + PART_BYTES)}`);
    }
  }

  sendEnd(): void {
    this.#call.more(".");
  }

  abandon(): void {
    this.#call.end();
  }

  #part(text: string): void {
    this.#events.active();
    if (!this.#response) {
      this.#begin(JSON.parse(text) as Head);
      return;
    }
    // The next one is asked for when this one is read.
    if (this.#response._dumped || this.#response.push(Buffer.from(text, "latin1"))) this.#call.more("~1");
    else this.#unread++;
  }

  #begin({ status, statusText, headers }: Head): void {
    const response = new IncomingMessage(this.#socket);
    const read = (): void => {
      for (; this.#unread > 0; this.#unread--) this.#call.more("~1");
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
