/** Who takes what a streaming handler writes. */
export interface ResponseTaker {
  /** Bytes that have come and were not taken off. */
  readonly heldBytes: number;
  /** The handler writes its first bytes, or ends without any. `room` tells it that so many bytes have been taken off. */
  begin(contentType: string, room: (bytes: number) => void): void;
  take(bytes: Buffer): void;
  /** The function has succeeded; `rest` is a response that was not streamed. */
  end(rest: string): void;
}

/** Collects a whole response, for callers that want it at once. */
export class CollectedResponse implements ResponseTaker {
  readonly heldBytes = 0;
  #pieces: Buffer[] = [];
  #room: (bytes: number) => void = () => undefined;

  begin(_contentType: string, room: (bytes: number) => void): void {
    this.#room = room;
  }

  take(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#room(bytes.length);
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
