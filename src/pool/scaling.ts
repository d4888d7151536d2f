/** What a pool knows when it decides whether to start environments. */
export interface PoolCounts {
  /** Invocations that have no environment. */
  readonly waiting: number;
  /** Environments being initialised. */
  readonly starting: number;
  /** Initialised environments, busy or not. */
  readonly ready: number;
  /** Of those being initialised, those that can't go on since another's long run holds their thread. */
  readonly stalled: number;
  /** Of the initialised ones, those that can do nothing for the same reason. */
  readonly heldUp: number;
  /** Invocations one environment may run at once. */
  readonly perEnvironment: number;
  /** Most environments the function may have. */
  readonly limit: number;
  /** Threads that environments run on. */
  readonly cells: number;
  /** Mean length of recent runs; undefined before the first has ended. */
  readonly runMs: number | undefined;
  /** The part of that time spent on a CPU, from 0 to 1. */
  readonly cpuShare: number;
}

/** The longest wait for a ready environment that is not worth a cold start: a quarter of what one takes. */
const TOLERABLE_WAIT_MS = 0.5;

/** Inits under way for each cell: one runs, one waits. More would not be ready any sooner, since an init is CPU work. */
const INITS_PER_CELL = 2;

/** Environments for each cell that can keep it busy when they never wait for anything. */
const BUSY_PER_CELL = 2;

/**
 * How many environments to start now. Every waiting invocation gets one, as in Lambda, except where that would bring
 * nothing: when those there are will have served it sooner than it could notice; when as many inits run as the cells can
 * do at once (the rest is decided when the first are ready); and when the function computes all the time, so that the
 * cells are the limit and not the environments. Environments that another's long run holds up count towards the limit only.
 */
export function coldStartsNeeded(counts: PoolCounts): number {
  const { waiting, perEnvironment, limit, cells } = counts;
  const starting = counts.starting - counts.stalled;
  const ready = counts.ready - counts.heldUp;
  const uncovered = waiting - starting * perEnvironment - servedSoon(counts, ready);
  if (uncovered <= 0) return 0;
  const room = Math.min(
    limit - counts.ready - counts.starting,
    cells * INITS_PER_CELL - starting,
    useful(counts) - ready - starting,
  );
  return Math.max(0, Math.min(room, Math.ceil(uncovered / perEnvironment)));
}

/** Invocations that ready environments finish within a tolerable wait. */
function servedSoon({ runMs, perEnvironment }: PoolCounts, ready: number): number {
  if (runMs === undefined) return 0;
  return ready * perEnvironment * Math.floor(TOLERABLE_WAIT_MS / Math.max(runMs, 0.001));
}

/** Environments beyond which more of them only take turns on the same threads. */
function useful({ cells, runMs, cpuShare }: PoolCounts): number {
  if (runMs === undefined || cpuShare === 0) return Infinity;
  return Math.ceil((cells * BUSY_PER_CELL) / cpuShare);
}
