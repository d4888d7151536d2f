import type { CallServer, SendReply, ServeCalls } from "../bridge/calls.ts";
import {
  RESPONSE_GONE,
  RESPONSE_PIECE_BYTES,
  RESPONSE_STREAM,
  RESPONSE_WEB,
  RESPONSE_WINDOW_BYTES,
} from "../guest/contract.ts";
import { StreamedResponse } from "../invocation/streamed-response.ts";
import { CollectedResponse } from "../invocation/response-taker.ts";
import type { ResponseTaker, ResponseWriter } from "../invocation/response-taker.ts";
import type { PlacedEnvironment } from "../sandbox/sandbox.ts";
import type { InFlight } from "./in-flight.ts";

/** Longest content type, as HTTP servers take it. */
const CONTENT_TYPE_LENGTH = 1_024;

/** What the responses of an environment rest on. */
interface ResponseParts {
  /** Serves every other call. */
  readonly others: CallServer;
  readonly reply: SendReply;
  readonly inFlight: Pick<InFlight, "get">;
  /** Largest response that is collected, and that is streamed to its caller. */
  readonly limitBytes: number;
  readonly streamLimitBytes: number;
  /** The guest sends more than there is room for: it keeps to no rules. */
  readonly onBreach: () => void;
}

/** Serves the calls of an environment, those of its responses among them. */
export interface ResponseCalls extends CallServer {
  /** The invocation is over; a call that its guest has left open ends with it. */
  settled(response: StreamedResponse): void;
}

/** What the parts of an environment say of it. */
interface Serving {
  readonly serveCalls: ServeCalls;
  readonly responseLimitBytes: number;
  readonly streamLimitBytes: number;
}

export function serveResponses(
  { serveCalls, responseLimitBytes: limitBytes, streamLimitBytes }: Serving,
  placed: Pick<PlacedEnvironment, "reply">,
  inFlight: Pick<InFlight, "get" | "running">,
  onBreach: () => void,
): ResponseCalls {
  const reply: SendReply = (call, kind, text) => placed.reply(call, kind, text);
  return new ResponseCallServer({
    others: serveCalls(reply, inFlight),
    reply,
    inFlight,
    limitBytes,
    streamLimitBytes,
    onBreach,
  });
}

/** Takes the calls by which handlers stream their responses; hands on all others. */
class ResponseCallServer implements ResponseCalls {
  readonly #parts: ResponseParts;
  readonly #open = new Map<number, StreamedResponse>();

  constructor(parts: ResponseParts) {
    this.#parts = parts;
  }

  open(call: number, text: string): void {
    const isWeb = text.startsWith(`${RESPONSE_WEB}\n`);
    if (!isWeb && !text.startsWith(`${RESPONSE_STREAM}\n`)) return this.#parts.others.open(call, text);
    const [, number = "", contentType = ""] = text.split("\n", 3);
    const flight = this.#parts.inFlight.get(Number(number));
    // Nobody waits for it: its invocation was ended meanwhile, or has a response.
    if (!flight || flight.response) return queueMicrotask(() => this.#parts.reply(call, 1, ""));
    const response = this.#responseFor(flight.invocation.taker, isWeb);
    flight.response = response;
    this.#open.set(call, response);
    response.begin(contentType.slice(0, CONTENT_TYPE_LENGTH), this.#writer(call, isWeb));
  }

  #responseFor(taker: ResponseTaker | undefined, isWeb: boolean): StreamedResponse {
    const { limitBytes, streamLimitBytes } = this.#parts;
    return taker && (isWeb || taker.streams === "all")
      ? new StreamedResponse(taker, streamLimitBytes)
      : new StreamedResponse(new CollectedResponse(), limitBytes);
  }

  #writer(call: number, isWeb: boolean): ResponseWriter {
    let takenBytes = 0;
    const reply = (text: string): boolean => {
      const isOpen = this.#open.has(call);
      if (isOpen) this.#parts.reply(call, 0, text);
      return isOpen;
    };
    return {
      room(bytes) {
        takenBytes += bytes;
        // Not for every byte, as each word wakes the guest: it waits only where several of these are due.
        if (takenBytes < RESPONSE_PIECE_BYTES) return;
        reply(String(takenBytes));
        takenBytes = 0;
      },
      gone: () => isWeb && reply(RESPONSE_GONE),
    };
  }

  more(call: number, text: string): void {
    const response = this.#open.get(call);
    if (!response) return this.#parts.others.more(call, text);
    if (response.heldBytes + text.length > RESPONSE_WINDOW_BYTES + RESPONSE_PIECE_BYTES)
      return this.#parts.onBreach();
    if (text === "") return response.finish();
    response.take(Buffer.from(text, "latin1"));
    const { excess } = response;
    if (!excess) return;
    this.#open.delete(call);
    const { errorType: name, errorMessage: message } = excess;
    this.#parts.reply(call, 2, JSON.stringify({ name, message }));
  }

  end(call: number): void {
    if (!this.#open.delete(call)) this.#parts.others.end(call);
  }

  settled(response: StreamedResponse): void {
    for (const [call, open] of this.#open) {
      if (open !== response) continue;
      this.#open.delete(call);
      this.#parts.reply(call, 1, "");
    }
  }

  close(): void {
    this.#open.clear();
    this.#parts.others.close();
  }
}
