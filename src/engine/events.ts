import { PlatformError } from "../base/errors.ts";
import { SafeEmitter } from "../base/events.ts";
import type { IsoletError, ThrottledError } from "../base/errors.ts";
import type { EnvironmentEnd } from "../environment/init.ts";
import type { KillReport } from "../invocation/kill-report.ts";
import type { LogRecord } from "../logging/record.ts";
import type { MeterRecord } from "../metering/record.ts";

/** An environment came to be, ended, or failed to initialise; or a cell was lost with those in it. */
export interface EnvironmentEvent {
  readonly type: "started" | "ended" | "init-failed";
  readonly functionName: string;
  readonly functionVersion: string;
  readonly logStreamName: string;
  /** Why it ended. `idle`, `budget`, `retired` and `closed` are the engine's own doing; the others condemned it. */
  readonly reason?: EnvironmentEnd;
  /** Why it was ended by force, when it was. */
  readonly kill?: KillReport;
  /** Length of its init, for `init-failed`. */
  readonly initMs?: number;
}

/** Admission refused an invocation. */
export interface ThrottleEvent {
  readonly functionName: string;
  readonly error: ThrottledError;
}

/** The number of a function's environments changed. */
export interface ScalingEvent {
  readonly functionName: string;
  readonly functionVersion: string;
  /** Environments there are now, initialising ones included. */
  readonly environments: number;
  readonly change: 1 | -1;
}

/** The engine's events with what their listeners take. What a listener throws goes to `error`. */
export interface EngineEvents {
  meter: (record: MeterRecord) => void;
  log: (record: LogRecord) => void;
  environment: (event: EnvironmentEvent) => void;
  throttle: (event: ThrottleEvent) => void;
  scaling: (event: ScalingEvent) => void;
  /** A fault that belongs to no invocation: a lost cell, a source's trouble, a throwing listener. Never thrown. */
  error: (error: IsoletError) => void;
}

/** The events of an engine. A listener that throws is an `error` event, and where nobody hears that a warning. */
export function engineEvents(): SafeEmitter<EngineEvents> {
  const events = new SafeEmitter<EngineEvents>((event, cause) => {
    const error = new PlatformError(`A listener of "${event}" threw.`, cause);
    if (event !== "error" && events.has("error")) events.emit("error", error);
    else process.emitWarning(`isolet: ${error.message} ${String(cause)}`);
  });
  return events;
}
