import type { InvokeOptions, PendingResponse, SourceInvoker } from "../invocation/invoker.ts";
import type { AcceptedResult, CheckedResult, InvocationResult, RequestResult } from "../invocation/result.ts";

/** One invocation that reached a {@link RecordingInvoker}. */
export interface RecordedCall {
  readonly name: string;
  readonly payload: unknown;
  readonly options: InvokeOptions;
}

/** What a {@link RecordingInvoker} does with a call; the value is what the function returns. */
export type Behaviour = (call: RecordedCall) => unknown;

/** What a behaviour throws for a function that fails by itself: the result's `error`. */
export class FunctionFailure extends Error {
  readonly errorType: string;

  constructor(errorType: string, message: string = errorType) {
    super(message);
    this.errorType = errorType;
  }
}

/**
 * An engine's stand-in for tests of sources: notes each invocation and answers by a behaviour, which may be changed at any time.
 * It ends an invocation whose signal aborts, as the engine does.
 */
export class RecordingInvoker implements SourceInvoker {
  readonly calls: RecordedCall[] = [];
  /** Default: every function returns null. */
  behaviour: Behaviour = () => null;

  invoke(
    name: string,
    payload: unknown,
    options: InvokeOptions & { readonly type: "event" },
  ): Promise<AcceptedResult>;
  invoke(
    name: string,
    payload: unknown,
    options: InvokeOptions & { readonly type: "dry-run" },
  ): Promise<CheckedResult>;
  invoke<Out = unknown>(
    name: string,
    payload: unknown,
    options?: InvokeOptions & { readonly type?: "request" },
  ): Promise<RequestResult<Out>>;
  invoke<Out = unknown>(
    name: string,
    payload: unknown,
    options?: InvokeOptions,
  ): Promise<InvocationResult<Out>>;
  async invoke(name: string, payload: unknown, options: InvokeOptions = {}): Promise<InvocationResult> {
    const call: RecordedCall = { name, payload, options };
    this.calls.push(call);
    const about = { requestId: `request-${this.calls.length}`, functionName: name, functionVersion: "1" };
    const facts = { ...about, coldStart: false, durationMs: 0 };
    try {
      const value = await withSignal(this.#run(call), options.signal);
      if (options.type === "event") return { ...about, status: "accepted" };
      return { ...facts, status: "succeeded", payload: value };
    } catch (error) {
      if (!(error instanceof FunctionFailure)) throw error;
      if (options.type === "event") return { ...about, status: "accepted" };
      const { errorType, message: errorMessage } = error;
      return { ...facts, status: "failed", error: { errorType, errorMessage, trace: [] } };
    }
  }

  /** Its functions don't stream. */
  respond(
    name: string,
    payload: unknown,
    { streams: _streams, ...options }: Parameters<SourceInvoker["respond"]>[2],
  ): PendingResponse {
    return { response: this.invoke(name, payload, options), leave: () => false };
  }

  async #run(call: RecordedCall): Promise<unknown> {
    return this.behaviour(call);
  }
}

function withSignal<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    signal.addEventListener("abort", fail, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", fail));
  });
}
