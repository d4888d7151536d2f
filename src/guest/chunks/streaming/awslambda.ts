import { PRELUDE_CONTENT_TYPE, PRELUDE_DELIMITER_BYTES } from "../../contract.ts";

/** Under which handlers that stream, and the size of their stream's buffer, are marked; as in Lambda's own client. */
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const HIGH_WATER_MARK = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");

/** What a prelude can be put before. */
interface ResponseStreamLike {
  setContentType(contentType: string): void;
  _onBeforeFirstWrite?: (write: (chunk: string | Uint8Array) => unknown) => void;
}

type MarkedHandler = object & { [STREAMING]?: string; [HIGH_WATER_MARK]?: number };

/** Status, headers and cookies before the body, for whoever makes an HTTP response of it. */
const HttpResponseStream = {
  from(stream: ResponseStreamLike, metadata: unknown): ResponseStreamLike {
    stream.setContentType(PRELUDE_CONTENT_TYPE);
    const prelude = JSON.stringify(metadata);
    stream._onBeforeFirstWrite = (write) => {
      write(prelude);
      write(new Uint8Array(PRELUDE_DELIMITER_BYTES));
    };
    return stream;
  },
};

/** The global `awslambda`. */
export function createAwsLambda(): object {
  return {
    streamifyResponse(handler: MarkedHandler, options?: { readonly highWaterMark?: unknown }): MarkedHandler {
      handler[STREAMING] = "response";
      const mark = options?.highWaterMark;
      if (typeof mark === "number") handler[HIGH_WATER_MARK] = Math.trunc(mark);
      return handler;
    },
    HttpResponseStream,
  };
}
