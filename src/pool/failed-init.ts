import type { InitFailure } from "../environment/init.ts";
import { readGuestError, timedOut } from "../invocation/failures.ts";
import type { Invocation } from "../invocation/invocation.ts";

/** Inits an invocation may see fail before it fails with the last one's error; Lambda runs a failed init once more. */
const INIT_ATTEMPTS = 2;

/** Notes that the init an invocation waited for has failed. True when it was the last: the invocation fails with it. */
export function countFailedInit(
  invocation: Invocation,
  failure: InitFailure,
  logStreamName: string,
): boolean {
  invocation.failedInits++;
  invocation.initCpuMs += failure.cpuMs;
  if (invocation.failedInits < INIT_ATTEMPTS) {
    invocation.initMs += failure.initMs;
    return false;
  }
  // Repeated, it ran inside the invocation, and is that one's duration.
  const { requestId, timeoutMs } = invocation.request;
  invocation.coldStart = true;
  invocation.logStreamName = logStreamName;
  const overran = failure.reason === "timeout";
  invocation.complete({
    outcome: overran ? "timeout" : "failed",
    text: "",
    error: overran ? timedOut(requestId, timeoutMs) : readGuestError(failure.errorText, requestId),
    durationMs: failure.initMs,
    cpuMs: 0,
    ...(failure.kill && { kill: failure.kill }),
  });
  return true;
}
