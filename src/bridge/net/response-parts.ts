import type { IncomingMessage } from "node:http";
import { NET_PIECE_BYTES } from "../../guest/contract.ts";
import { CallFailure } from "../operations.ts";
import type { NetRequest } from "./request-text.ts";

/** Parts that the guest has not yet consumed, at most; what is more waits in the connection. */
const PARTS_AHEAD = 8;

/** What becomes of a response. One of the last two is called, once. */
interface ResponseListener {
  part(text: string): void;
  done(): void;
  failed(error: CallFailure): void;
}

/** A response in parts: its head, then its body as fast as the guest consumes it. */
export class ResponseParts {
  readonly #request: NetRequest;
  readonly #limitBytes: number;
  readonly #listener: ResponseListener;
  readonly #parts: Buffer[] = [];
  #incoming: IncomingMessage | undefined;
  #room = PARTS_AHEAD;
  #bytes = 0;
  #hasEnded = false;
  #isOver = false;

  constructor(request: NetRequest, limitBytes: number, listener: ResponseListener) {
    this.#request = request;
    this.#limitBytes = limitBytes;
    this.#listener = listener;
  }

  get hasBegun(): boolean {
    return this.#incoming !== undefined;
  }

  /** Whether all of it has come. */
  get isComplete(): boolean {
    return this.#incoming?.complete === true && this.#hasEnded;
  }

  begin(incoming: IncomingMessage): void {
    this.#incoming = incoming;
    this.#listener.part(headText(incoming));
    incoming.on("data", (chunk: Buffer) => this.#take(chunk));
    incoming.on("end", () => {
      this.#hasEnded = true;
      this.#flush();
    });
    incoming.on("error", (error: Error & { readonly code?: string }) => {
      this.#fail(new CallFailure("Error", error.message, error.code, { cause: error }));
    });
  }

  /** The guest has consumed a part. */
  consumed(): void {
    if (this.#room >= PARTS_AHEAD) return;
    this.#room++;
    this.#flush();
  }

  #take(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limitBytes) {
      const { method, url } = this.#request;
      const limit = `permissions.net.responseBytes of ${this.#limitBytes} bytes`;
      const message = `The response to ${method} ${url} is over the limit ${limit}.`;
      this.#fail(new CallFailure("RangeError", message, "ERR_RESPONSE_TOO_LARGE"));
      return;
    }
    for (let at = 0; at < chunk.length; at += NET_PIECE_BYTES)
      this.#parts.push(chunk.subarray(at, at + NET_PIECE_BYTES));
    this.#flush();
  }

  #flush(): void {
    while (this.#room > 0 && !this.#isOver) {
      const part = this.#parts.shift();
      if (!part) break;
      this.#room--;
      this.#listener.part(`+${part.toString("latin1")}`);
    }
    if (this.#isOver) return;
    if (this.#parts.length > 0) this.#incoming?.pause();
    else if (this.#hasEnded) {
      this.#isOver = true;
      this.#listener.done();
    } else this.#incoming?.resume();
  }

  #fail(error: CallFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.failed(error);
  }
}

/** Names and values as they came, each line by itself. */
function headText({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.push([rawHeaders[at] ?? "", rawHeaders[at + 1] ?? ""]);
  }
  return JSON.stringify({ status: statusCode, statusText: statusMessage, headers });
}
