import type { OpenCall, RuntimeCalls } from "./calls.ts";

/** A function that was invoked failed. */
export class FunctionError extends Error {
  /** Such as `TypeError` or `Sandbox.Timedout`. */
  readonly errorType: string;
  readonly functionName: string;
  readonly requestId: string;
  /** Lines of the failed function's own stack. */
  readonly trace: readonly string[];

  constructor(functionName: string, { requestId, error = {} }: Head) {
    const { errorType = "Error", errorMessage = "", trace = [] } = error;
    super(`Function ${functionName} failed: ${errorType}: ${errorMessage}`);
    this.name = "FunctionError";
    this.errorType = errorType;
    this.functionName = functionName;
    this.requestId = requestId;
    this.trace = trace;
  }
}

interface Head {
  readonly status: string;
  readonly requestId: string;
  readonly error?: {
    readonly errorType?: string;
    readonly errorMessage?: string;
    readonly trace?: readonly string[];
  };
}

interface InvokeOptions {
  readonly type?: unknown;
  readonly signal?: AbortSignal;
}

/** `invoke(name, payload, { type, signal })`: the payload that the function gives, or what its event was accepted as. */
export function createInvoke(calls: RuntimeCalls) {
  return function invoke(name: unknown, payload?: unknown, options: InvokeOptions = {}): Promise<unknown> {
    const { type = "request", signal } = options;
    const functionName = String(name);
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const head = JSON.stringify({ functionName, type });
      const text = payload === undefined ? "null" : JSON.stringify(payload);
      if (typeof text !== "string") throw new TypeError("The payload can't be written as JSON.");
      const abort = (): void => {
        call.end();
        const reason: unknown = signal?.reason;
        reject(
          reason instanceof Error ? reason : new Error("The invocation was aborted.", { cause: reason }),
        );
      };
      const settled = (): void => signal?.removeEventListener("abort", abort);
      const call: OpenCall = calls.open("fn.invoke", `${head}\n${text}`, {
        done: (answer) => {
          settled();
          resolve(read(functionName, answer));
        },
        failed: (error) => {
          settled();
          reject(error);
        },
      });
      signal?.addEventListener("abort", abort, { once: true });
    });
  };
}

/** Not at once: what it throws is a rejection. */
async function read(functionName: string, answer: string): Promise<unknown> {
  await Promise.resolve();
  const cut = answer.indexOf("\n");
  const head = JSON.parse(answer.slice(0, cut)) as Head;
  if (head.status === "failed") throw new FunctionError(functionName, head);
  if (head.status !== "succeeded") return { requestId: head.requestId };
  return JSON.parse(answer.slice(cut + 1)) as unknown;
}
