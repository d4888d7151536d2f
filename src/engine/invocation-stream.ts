import { InvalidOptionError } from "../base/errors.ts";
import type { PendingResponse, StreamInvokeOptions } from "../invocation/invoker.ts";
import type { InvocationStream } from "../invocation/invocation-stream.ts";
import type { RequestResult, StreamResult } from "../invocation/result.ts";
import type { StreamedKinds } from "../invocation/response-taker.ts";
import { FunctionError } from "./callable.ts";
import { ResponseBody } from "./response-body.ts";

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
  const body = new ResponseBody("all", true);
  const completed = run(body);
  follow(completed, body);
  const { contentType, metadata } = await body.head;
  // One that was refused has no response that could be read.
  if (!body.hasBegun) await completed;
  return { contentType, metadata, body: body.stream, completed };
}

/** Starts an invocation by `run` whose response may be streamed, or be a result as any other. */
export function openResponse(
  streams: StreamedKinds,
  run: (body: ResponseBody) => Promise<StreamResult | RequestResult>,
): PendingResponse {
  const body = new ResponseBody(streams, false);
  const completed = run(body);
  follow(completed, body);
  const opened = async (): Promise<InvocationStream | RequestResult> => {
    const { contentType, metadata } = await body.head;
    // Nothing of it has been seen: it is a failure as any other.
    if (!body.hasBegun || body.hasFailedEarly) return (await completed) as RequestResult;
    return { contentType, metadata, body: body.stream, completed: completed as Promise<StreamResult> };
  };
  return { response: opened(), leave: () => body.leave() };
}

function follow(completed: Promise<StreamResult | RequestResult>, body: ResponseBody): void {
  completed.then(
    (result) => {
      if (result.status === "failed") body.fail(new FunctionError(result));
      else body.end("");
    },
    (error: unknown) => body.fail(error as Error),
  );
}
