import { Invocation, type InvocationRequest } from "../../src/invocation/invocation.ts";

/** An invocation whose request has what a test doesn't care about filled in. */
export function makeInvocation(request: Partial<InvocationRequest> = {}): Invocation {
  return new Invocation({
    requestId: "req-1",
    payload: "null",
    bytesIn: 4,
    extras: "",
    timeoutMs: 3_000,
    deadlineAtMs: Infinity,
    tenant: undefined,
    depth: 0,
    alias: undefined,
    logTail: false,
    acceptedMs: 0,
    acceptedAtMs: 0,
    ...request,
  });
}
