import { InvalidOptionError } from "../base/errors.ts";
import type { StreamInvokeOptions } from "../invocation/invoker.ts";
import type { StreamResult } from "../invocation/result.ts";
import { FunctionError } from "./callable.ts";
import { ResponseBody } from "./response-body.ts";
import type { HttpMetadata } from "./response-body.ts";

/** An invocation whose response comes as the handler writes it. */
export interface InvocationStream {
  /** What the handler has set; `application/octet-stream` if it has not, `application/json` of one that doesn't stream. */
  readonly contentType: string;
  /** Status, headers and cookies of a handler that used `awslambda.HttpResponseStream.from`; else undefined. */
  readonly metadata: HttpMetadata | undefined;
  /**
   * The response, of a handler that doesn't stream its result as JSON; it is read once. While nobody reads, the handler
   * waits, under its `timeoutMs`. Fails with `FunctionError` when the function fails, after what it had written by then,
   * and with what `completed` rejects with. Cancelling it lets the function run on, as in Lambda; to end that use `signal`.
   */
  readonly body: ReadableStream<Uint8Array>;
  /** How it ended, once all of the response has come. Rejects for the caller's and the platform's faults only. */
  readonly completed: Promise<StreamResult>;
}

/** Refuses what an invocation as a stream can't be. */
export function checkStreamOptions(options: StreamInvokeOptions): void {
  for (const field of ["type", "payloadText"] as const) {
    const value = (options as Record<string, unknown>)[field];
    if (value !== undefined)
      throw new InvalidOptionError("invokeStream", field, value, "leave it out", "INVALID_OPTION");
  }
}

/** Starts an invocation by `run`; resolves with the first bytes, or with the end of one that has none. */
export async function openInvocationStream(
  run: (body: ResponseBody) => Promise<StreamResult>,
): Promise<InvocationStream> {
  const body = new ResponseBody();
  const completed = run(body);
  completed.then(
    (result) => {
      if (result.status === "failed") body.fail(new FunctionError(result));
    },
    (error: unknown) => body.fail(error as Error),
  );
  const { contentType, metadata } = await body.head;
  // One that was refused has no response that could be read.
  if (!body.hasBegun) await completed;
  return { contentType, metadata, body: body.stream, completed };
}
