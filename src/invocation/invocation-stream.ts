import type { StreamResult } from "./result.ts";

/** What a handler said of its response before the body, by `awslambda.HttpResponseStream.from`. */
export interface HttpMetadata {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
}

/** An invocation whose response comes as the handler writes it. */
export interface InvocationStream {
  /** What the handler has set; `application/octet-stream` if it has not, `application/json` of one that doesn't stream. */
  readonly contentType: string;
  /** Status, headers and cookies of a handler that used `awslambda.HttpResponseStream.from`; else undefined. */
  readonly metadata: HttpMetadata | undefined;
  /**
   * The response, of a handler that doesn't stream its result as JSON; it is read once. While nobody reads, the handler
   * waits, under its `timeoutMs`. Ends when the handler has ended it, whatever the function still does. Fails with
   * `FunctionError` when the function fails before, after what it had written by then, and with what `completed` rejects
   * with. Cancelling it lets the function run on, as in Lambda, where a default export's `fetch` is told by its request's
   * `signal`; to end the function use the option `signal`.
   */
  readonly body: ReadableStream<Uint8Array>;
  /** How it ended, once all of the response has come. Rejects for the caller's and the platform's faults only. */
  readonly completed: Promise<StreamResult>;
}
