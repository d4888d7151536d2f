import type { InvocationTarget } from "../functions/function-version.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import type {
  AcceptedResult,
  FailedResult,
  FunctionErrorShape,
  SucceededResult,
  SucceededStreamResult,
  SucceededTextResult,
} from "../invocation/result.ts";
import { tailText } from "../logging/log-writer.ts";
import type { LiveVersion } from "./live-version.ts";
import type { Answered } from "./readings.ts";

const UNKNOWN_ERROR: FunctionErrorShape = {
  errorType: "Runtime.Unknown",
  errorMessage: "The invocation failed.",
};

/** What an invocation that nobody waits for is told by. */
export function identityOf(target: InvocationTarget, invocation: Invocation): Omit<AcceptedResult, "status"> {
  const { functionName, version } = target.version;
  return { requestId: invocation.request.requestId, functionName, functionVersion: version };
}

/** Written out without spreading, and so at a fraction of the cost: nearly every invocation comes by here. */
export function succeeded(
  live: LiveVersion,
  invocation: Invocation,
  { durationMs, payload }: Answered,
): SucceededResult<unknown> {
  const { request, coldStart } = invocation;
  const { requestId } = request;
  const { functionName, version: functionVersion } = live.version;
  if (!request.logTail)
    return { status: "succeeded", requestId, functionName, functionVersion, coldStart, durationMs, payload };
  const logTail = tailText(invocation.tail);
  return {
    status: "succeeded",
    requestId,
    functionName,
    functionVersion,
    coldStart,
    durationMs,
    logTail,
    payload,
  };
}

export function succeededAsText(
  live: LiveVersion,
  invocation: Invocation,
  completion: Completion,
): SucceededTextResult {
  return {
    status: "succeeded",
    ...factsOf(live, invocation, completion),
    payloadText: completion.text,
  };
}

/** The response has gone to whoever reads the stream. */
export function succeededAsStream(
  live: LiveVersion,
  invocation: Invocation,
  completion: Completion,
): SucceededStreamResult {
  const responseBytes = completion.bytesOut ?? Buffer.byteLength(completion.text);
  return { status: "succeeded", ...factsOf(live, invocation, completion), responseBytes };
}

export function failed(live: LiveVersion, invocation: Invocation, completion: Completion): FailedResult {
  return {
    status: "failed",
    ...factsOf(live, invocation, completion),
    error: completion.error ?? UNKNOWN_ERROR,
    ...(completion.kill && { kill: completion.kill }),
  };
}

function factsOf({ version }: LiveVersion, invocation: Invocation, completion: Completion) {
  const { request, coldStart } = invocation;
  return {
    requestId: request.requestId,
    functionName: version.functionName,
    functionVersion: version.version,
    coldStart,
    durationMs: completion.durationMs,
    ...(request.logTail && { logTail: tailText(invocation.tail) }),
  };
}

/** With its stacks pointing at the user's own files. */
export function mapTraces(
  completion: Completion,
  error: FunctionErrorShape,
  traces: LiveVersion["traces"],
): Completion {
  const { kill } = completion;
  if (!error.trace && !kill?.stack) return completion;
  return {
    ...completion,
    error: error.trace ? { ...error, trace: traces.mapTrace(error.trace) } : error,
    ...(kill && { kill: traces.mapKill(kill) }),
  };
}
