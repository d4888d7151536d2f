/** Whose responses a caller takes as they are written: of handlers that stream by default exports' `fetch` only, or of all. */
export type StreamedKinds = "web" | "all";

/** What the taker of a response says to the handler that writes it. */
export interface ResponseWriter {
  /** So many bytes have been taken off. */
  room(bytes: number): void;
  /** Nobody reads it any more. False when the handler is not told of that. */
  gone(): boolean;
}

/** Who takes what a streaming handler writes. */
export interface ResponseTaker {
  readonly streams: StreamedKinds;
  /** Whether it takes responses that are not streamed, too, as JSON. */
  readonly takesWhole: boolean;
  /** Whether a handler that streams has been called. */
  readonly hasBegun: boolean;
  /** Bytes that have come and were not taken off. */
  readonly heldBytes: number;
  /** The handler writes its first bytes, or ends without any; one of a default export has only been called. */
  begin(contentType: string, writer: ResponseWriter): void;
  take(bytes: Buffer): void;
  /** All has been written, or the function has succeeded; `rest` is a response that was not streamed. */
  end(rest: string): void;
}

/** Collects a whole response, for callers that want it at once. */
export class CollectedResponse implements ResponseTaker {
  readonly streams = "all";
  readonly takesWhole = false;
  readonly hasBegun = true;
  readonly heldBytes = 0;
  #pieces: Buffer[] = [];
  #writer: ResponseWriter | undefined;

  begin(_contentType: string, writer: ResponseWriter): void {
    this.#writer = writer;
  }

  take(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#writer?.room(bytes.length);
  }

  end(): void {
    // What was streamed is all.
  }

  /** JSON of the text that it is in UTF-8. */
  get json(): string {
    const text = Buffer.concat(this.#pieces).toString("utf8");
    this.#pieces = [];
    return JSON.stringify(text);
  }
}
