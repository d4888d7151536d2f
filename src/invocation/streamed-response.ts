import { oversized } from "./failures.ts";
import type { FunctionErrorShape } from "./result.ts";
import { CollectedResponse } from "./response-taker.ts";
import type { ResponseTaker, ResponseWriter } from "./response-taker.ts";

/** What one invocation has streamed, and to whom it goes. */
export class StreamedResponse {
  readonly #taker: ResponseTaker;
  readonly #limitBytes: number;
  #bytes = 0;

  constructor(taker: ResponseTaker, limitBytes: number) {
    this.#taker = taker;
    this.#limitBytes = limitBytes;
  }

  /** Bytes that have come, those over the limit included. */
  get bytes(): number {
    return this.#bytes;
  }

  get heldBytes(): number {
    return this.#taker.heldBytes;
  }

  /** Lambda's error when it is over its limit. */
  get excess(): FunctionErrorShape | undefined {
    return this.#bytes > this.#limitBytes ? oversized(this.#bytes, this.#limitBytes) : undefined;
  }

  /** The whole as JSON text where it was collected; else empty. */
  get text(): string {
    return this.#taker instanceof CollectedResponse ? this.#taker.json : "";
  }

  begin(contentType: string, writer: ResponseWriter): void {
    this.#taker.begin(contentType, writer);
  }

  /** Takes a piece; what is over the limit goes nowhere. */
  take(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes <= this.#limitBytes) this.#taker.take(bytes);
  }

  /** The handler has written all of it, whatever else it does. */
  finish(): void {
    this.#taker.end("");
  }
}
