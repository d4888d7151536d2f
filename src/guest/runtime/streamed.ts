import type { Handler } from "./handler.ts";
import type { OpenedResponse } from "../chunks/streaming.ts";
import { reflectGet, settle } from "./primordials.ts";

/** How a streaming invocation tells its end. */
export interface StreamedEnd {
  succeed(): void;
  /** All has been written: should the handler never settle, that is its end. */
  written(): void;
  fail(reason: unknown): void;
  warn(message: string): void;
}

/** Opens the response of an invocation. */
export type OpenResponse = (
  number: number,
  handler: Handler,
  on: { readonly closed: () => void; readonly refused: (error: Error) => void },
) => OpenedResponse;

/** Runs a handler that streams. The invocation is over when the handler has settled and the stream has ended. */
export function runStreaming(
  open: OpenResponse,
  number: number,
  handler: Handler,
  event: unknown,
  context: object,
  end: StreamedEnd,
): void {
  let isSettled = false;
  let isClosed = false;
  const fail = (reason: unknown): void => {
    response.abandon();
    end.fail(reason);
  };
  const conclude = (): void => {
    if (response.isFinished()) end.succeed();
    else fail("Response stream is not finished.");
  };
  const response = open(number, handler, {
    closed() {
      isClosed = true;
      if (isSettled) conclude();
      else if (response.isFinished()) end.written();
    },
    refused: fail,
  });
  const call = handler.stream ?? handler.call;
  let result: unknown;
  try {
    result = call(event, response.stream, context);
  } catch (thrown) {
    return fail(thrown);
  }
  if (!isThenable(result)) return fail("Streaming does not support non-async handlers.");
  settle(
    result,
    (value) => {
      isSettled = true;
      if (value !== undefined) end.warn("Streaming handlers ignore return values.");
      if (isClosed || response.isFinished()) conclude();
    },
    fail,
  );
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof reflectGet(value, "then") === "function";
}
