/** What a pool knows when it decides whether to start environments. */
export interface PoolCounts {
  /** Invocations that have no environment. */
  readonly waiting: number;
  /** Environments being initialised. */
  readonly starting: number;
  /** Initialised environments, busy or not. */
  readonly ready: number;
  /** Invocations one environment may run at once. */
  readonly perEnvironment: number;
  /** Most environments the function may have. */
  readonly limit: number;
  /** How long recent invocations held their place in an environment; undefined before the first has ended. */
  readonly recentHoldMs: number | undefined;
  /** The longest wait for a ready environment that is not worth a cold start. */
  readonly tolerableWaitMs: number;
}

/**
 * How many environments to start now. Every waiting invocation gets one, as in Lambda, unless the environments there
 * are will have served it sooner than it could notice: then a cold start would cost more than it brings.
 */
export function coldStartsNeeded(counts: PoolCounts): number {
  const { waiting, starting, ready, perEnvironment, limit, recentHoldMs, tolerableWaitMs } = counts;
  const uncovered = waiting - starting * perEnvironment;
  if (uncovered <= 0) return 0;
  const room = limit - ready - starting;
  if (room <= 0) return 0;
  const soon =
    recentHoldMs === undefined ? 0 : servedWithin(tolerableWaitMs, ready * perEnvironment, recentHoldMs);
  return Math.min(room, Math.ceil(Math.max(0, uncovered - soon) / perEnvironment));
}

/** Invocations that `places` finish within `waitMs` when each holds its place for `holdMs`. */
function servedWithin(waitMs: number, places: number, holdMs: number): number {
  return places * Math.floor(waitMs / Math.max(holdMs, 0.001));
}
