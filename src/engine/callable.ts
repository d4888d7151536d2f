import { IsoletError } from "../base/errors.ts";
import type { InvokeOptions, Invoker } from "../invocation/invoker.ts";
import type { FailedResult } from "../invocation/result.ts";

/** A deployed function as a callable. */
export type FunctionCallable<In, Out> = (
  payload: In,
  options?: Omit<InvokeOptions, "type" | "payloadText">,
) => Promise<Out>;

/** A function failed; thrown only by callables, which have no other way to say so. */
export class FunctionError extends IsoletError {
  /** The whole result, with the function's error in `result.error`. */
  readonly result: FailedResult;
  /** As in `result.error`. */
  readonly errorType: string;

  constructor(result: FailedResult) {
    const { errorType, errorMessage } = result.error;
    super(`Function ${result.functionName} failed: ${errorType}: ${errorMessage}`, {
      code: "FUNCTION_FAILED",
      fault: "function",
    });
    this.result = result;
    this.errorType = errorType;
  }
}

/** A callable over an invoker. */
export function callableOf<In, Out>(invoker: Invoker, name: string): FunctionCallable<In, Out> {
  return async (payload, options) => {
    const result = await invoker.invoke<Out>(name, payload, { ...options, type: "request" });
    if (result.status === "failed") throw new FunctionError(result);
    return result.payload;
  };
}
