/** undici's way to the network: one call to the host for each request. */
import type { Call } from "../../runtime/calls.ts";
import { bytesOf, latin1Of } from "../globals/latin1.ts";
import { runtime } from "./ports.ts";

/** What undici's fetch asks to be sent. */
interface Request {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** undici's handler of a request. */
interface Handler {
  onRequestStart?(controller: Controller, context: object): void;
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

/** Most bytes that are sent as one text. */
const PART_BYTES = 65_536;

/** Says that a part of the answer has been used and another may come. */
const USED = "~1";

/** A request under way, as undici's handlers see it. */
class Controller {
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

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  send(request: Request): void {
    this.#handler.onRequestStart?.(this, {});
    if (this.#over) return;
    const { origin, path, method, headers, body } = request;
    const argument = { method, url: origin + path, headers: Object.entries(headers), hasBody: body !== null };
    this.#call = runtime.calls.open("net.fetch", JSON.stringify(argument), {
      part: (text) => this.#part(text),
      done: () => {
        this.#ended = true;
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
        for (let at = 0; at < bytes.byteLength; at += PART_BYTES) {
          call.more(`+${latin1Of(bytes.subarray(at, at + PART_BYTES))}`);
        }
      }
      call.more(".");
    } catch (error) {
      this.abort(error);
    }
  }

  #part(text: string): void {
    if (this.#hasHead) {
      this.#waiting.push(text);
      this.#flush();
      return;
    }
    this.#hasHead = true;
    const { status, statusText, headers } = JSON.parse(text) as Head;
    this.rawHeaders = headers.flat();
    this.#handler.onResponseStarted?.();
    this.#handler.onResponseStart?.(this, status, Object.fromEntries(headers), statusText);
  }

  #flush(): void {
    while (!this.paused && !this.#over) {
      const text = this.#waiting.shift();
      if (text === undefined) break;
      this.#call?.more(USED);
      this.#handler.onResponseData?.(this, bytesOf(text));
    }
    if (!this.#ended || this.#over || this.#waiting.length > 0) return;
    this.#over = true;
    this.#handler.onResponseEnd?.(this, {});
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onResponseError?.(this, error);
  }
}

const dispatcher = {
  dispatch(request: Request, handler: Handler): boolean {
    new Controller(handler).send(request);
    return true;
  },
};

export function getGlobalDispatcher(): typeof dispatcher {
  return dispatcher;
}
