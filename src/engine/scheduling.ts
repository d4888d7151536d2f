import type { ResolvedOptions } from "../options.ts";
import { Scheduler } from "../scheduler/scheduler.ts";
import type { SchedulerOptions } from "../scheduler/scheduler.ts";

/** Admission as an engine's options ask for it. */
export function schedulerFor(
  options: ResolvedOptions,
  onThrottle: NonNullable<SchedulerOptions["onThrottle"]>,
): Scheduler {
  const { accountConcurrency, maxQueued, maxQueuedPerFunction, queueDeadlineMs, clock } = options;
  return new Scheduler({
    accountConcurrency,
    maxQueued,
    maxQueuedPerFunction,
    queueDeadlineMs,
    clock,
    onThrottle,
  });
}
