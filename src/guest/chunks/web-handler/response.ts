import {
  PRELUDE_CONTENT_TYPE,
  PRELUDE_DELIMITER_BYTES,
  RESPONSE_PIECE_BYTES,
  RESPONSE_WEB,
} from "../../contract.ts";
import type { Calls } from "../../runtime/calls.ts";
import { textOfBytes } from "../crypto/bytes.ts";
import { Outlet } from "../streaming/outlet.ts";
import type { OpenedResponse } from "../streaming/response.ts";

/** What a streamed `Response` rests on. */
interface WebResponseParts {
  readonly calls: Calls;
  /** The response has ended well. */
  readonly onClosed: () => void;
  /** The host takes no more. */
  readonly onRefused: (error: Error) => void;
}

/** Where a `Response` goes as it comes. */
export interface WebSink {
  /** Calls `listener` when nobody reads the response any more, which may be so already. */
  onGone(listener: () => void): void;
  begin(metadata: object): void;
  /** Resolves when there is room for more, or when no more will be taken. */
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
}

/** The response of invocation `number`. The host is told of it at once, so that it can say when nobody waits any more. */
export function openWebResponse(parts: WebResponseParts, number: number): OpenedResponse {
  let isGone = false;
  let isFinished = false;
  const listeners: (() => void)[] = [];
  let giveUp: (() => void) | undefined;
  const gone = (): void => {
    isGone = true;
    giveUp?.();
    for (const listener of listeners.splice(0)) listener();
  };
  const onRefused = (error: Error): void => {
    parts.onRefused(error);
    gone();
  };
  const { calls } = parts;
  const outlet = new Outlet(
    { calls, operation: RESPONSE_WEB, number, onRefused, onGone: gone },
    PRELUDE_CONTENT_TYPE,
  );
  outlet.open();
  const send = (text: string): Promise<void> =>
    new Promise((resolve) => {
      giveUp = resolve;
      outlet.send(text, resolve);
    });
  const stream: WebSink = {
    onGone(listener) {
      if (isGone) listener();
      else listeners.push(listener);
    },
    begin(metadata) {
      const prelude = JSON.stringify(metadata) + "\0".repeat(PRELUDE_DELIMITER_BYTES);
      outlet.send(textOfBytes(new TextEncoder().encode(prelude)), () => undefined);
    },
    async write(bytes) {
      for (let at = 0; at < bytes.length && !isGone; at += RESPONSE_PIECE_BYTES)
        await send(textOfBytes(bytes.subarray(at, at + RESPONSE_PIECE_BYTES)));
    },
    end() {
      outlet.finish();
      isFinished = true;
      parts.onClosed();
    },
  };
  return {
    stream,
    isFinished: () => isFinished,
    abandon() {
      outlet.end();
      giveUp?.();
    },
  };
}
