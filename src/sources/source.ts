import type { Clock } from "../base/clock.ts";
import type { SourceInvoker } from "../invocation/invoker.ts";

/** Where a source writes what it has to say; goes to the engine's `error` event or nowhere. */
export interface SourceLogger {
  debug(message: string): void;
  /** A fault the source survived, such as a record it had to drop. */
  error(message: string, cause?: unknown): void;
}

/** All that a source may see of the engine. */
export interface SourceContext {
  readonly invoker: SourceInvoker;
  readonly clock: Clock;
  readonly logger: SourceLogger;
  /** Aborted when the engine closes without waiting: give up what is in flight. */
  readonly signal: AbortSignal;
}

/**
 * What produces invocations. Life: made, `start`ed once by `engine.attach`, `stop`ped once or more.
 * A stopped source is never started again.
 */
export interface EventSource {
  /** A short name of the kind, such as `http`, `schedule`, `queue`; used in logs and stats. */
  readonly kind: string;
  /** Begins to produce. Rejects with a `SourceError` when it can't; the source is then stopped. */
  start(context: SourceContext): Promise<void>;
  /** Stops producing, waits for what is in flight, then resolves. Idempotent: late callers get the same promise. */
  stop(): Promise<void>;
}
