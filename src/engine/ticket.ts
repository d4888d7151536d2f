import type { AnyInvokeOptions } from "../invocation/invoker.ts";
import type { Admission } from "../scheduler/scheduler.ts";

/** What an invocation asks of the scheduler, and whether it was taken. */
export class Ticket implements Admission {
  readonly functionName: string;
  readonly priority: number;
  readonly signal: AbortSignal | undefined;
  readonly deadlineMs: number | undefined;
  isAdmitted = false;

  constructor(functionName: string, options: AnyInvokeOptions) {
    this.functionName = functionName;
    this.priority = options.priority ?? 0;
    this.signal = options.signal;
    this.deadlineMs = options.deadlineMs;
  }

  onAdmitted(): void {
    this.isAdmitted = true;
  }
}
