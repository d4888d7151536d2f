/** How a metered invocation ended. */
export type MeterOutcome = "succeeded" | "failed" | "timeout" | "aborted" | "throttled" | "lost";

/** The billable facts of one accepted invocation: exactly one record each, whatever happens to it. */
export interface MeterRecord {
  readonly requestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  /** The alias it was called by, if any. */
  readonly alias?: string;
  readonly tenant?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly outcome: MeterOutcome;
  /** Set unless the outcome is `succeeded`. */
  readonly errorType?: string;
  readonly coldStart: boolean;
  /** When the invocation was accepted; milliseconds since the epoch. */
  readonly acceptedAtMs: number;
  /** From acceptance to being sent to an environment. */
  readonly queuedMs: number;
  /** Length of the init that this invocation included; 0 for a warm start. */
  readonly initMs: number;
  /** Length of the handler's run. 0 when it never started. */
  readonly durationMs: number;
  /** What is billed: `durationMs` (and the init, as Lambda bills it) rounded up to the engine's billing granularity. */
  readonly billedDurationMs: number;
  /** Time the invocation spent on a CPU, its init included. */
  readonly cpuMs: number;
  readonly memoryMb: number;
  /** Highest memory use seen of the environment, in MB. */
  readonly peakMemoryMb: number;
  /** billedDurationMs / 1000 × memoryMb / 1024. */
  readonly gbSeconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly logBytes: number;
}
