/** What a {@link KillReport}'s `limitValue` and `value` are counted in. */
export type KillUnit = "ms" | "MB" | "timers" | "calls" | "lines" | "bytes" | "count";

/** Why the engine ended a guest by force, and what it knew of it at that moment. */
export interface KillReport {
  /**
   * The limit that was passed: `timeoutMs`, `initTimeoutMs`, `memoryMb`, `limits.cpuMs`, `limits.timers`, `limits.hostCalls`,
   * `limits.logLines`, `limits.logBytes`; `protocol` when the guest broke the rules between guest and host, `cell` when
   * its cell was lost or ended.
   */
  readonly limit: string;
  readonly limitValue: number;
  /**
   * What was reached when it was ended; what it had asked for by then may be more. For `memoryMb` at least this. For
   * `limits.cpuMs` the CPU time, or the length of the run that was interrupted when a busy machine gave it less CPU.
   */
  readonly value: number;
  readonly unit: KillUnit;
  /** From the start of the invocation, or of the init, to the end. */
  readonly durationMs: number;
  /** What the guest last asked its cell for, such as `random-bytes`; absent when it asked for nothing. */
  readonly lastHostCall?: string;
  /** Memory of the isolate when it was last measured; 0 when it never was. */
  readonly heapBytes: number;
  /** The last five lines that the invocation logged, oldest first, of each the first 512 characters. */
  readonly logLines: readonly string[];
  /** Where the guest was, when V8 could tell, innermost first. */
  readonly stack?: readonly string[];
}

/** A limit that was passed. */
export type Passed = Pick<KillReport, "limit" | "limitValue" | "value" | "unit">;

/** What the host knows of a kill that it carries out itself, because the cell doesn't answer or is ended. */
export type HostKill = Passed & Pick<KillReport, "durationMs"> & Partial<KillReport>;

/** A report from the host's own facts. */
export function hostKillReport(facts: HostKill): KillReport {
  return Object.freeze({ heapBytes: 0, logLines: [], ...facts });
}

/** The report of a guest that went on past its time and whose cell did not answer. */
export function overdueKill(limit: string, limitMs: number, durationMs: number): KillReport {
  return hostKillReport({ limit, limitValue: limitMs, value: durationMs, unit: "ms", durationMs });
}

/** The report of a guest whose cell was lost, or was ended by the host over what another guest did there. */
export function cellKill(durationMs: number): KillReport {
  return hostKillReport({ limit: "cell", limitValue: 0, value: 1, unit: "count", durationMs });
}

/** A report as a cell wrote it; undefined for an empty text or rubbish. */
export function readKillReport(text: string): KillReport | undefined {
  if (text === "") return undefined;
  const fields = parseObject(text);
  const { limit, unit, lastHostCall } = fields;
  if (typeof limit !== "string" || !isUnit(unit)) return undefined;
  const stack = linesOf(fields["stack"]);
  return Object.freeze({
    limit,
    limitValue: numberOf(fields["limitValue"]),
    value: numberOf(fields["value"]),
    unit,
    durationMs: numberOf(fields["durationMs"]),
    ...(typeof lastHostCall === "string" && { lastHostCall }),
    heapBytes: numberOf(fields["heapBytes"]),
    logLines: linesOf(fields["logLines"]),
    ...(stack.length > 0 && { stack }),
  });
}

/** The limit, what was reached and by how much it was passed, in words. */
export function passedText({ limit, limitValue, value, unit }: Passed): string {
  if (limit === "protocol") return "the rules between guest and host were broken";
  if (limit === "cell") return "the cell it ran in was lost";
  // The limit's own name says of what.
  const name =
    unit === "count" || unit === "timers" || unit === "calls" || unit === "lines" ? "" : ` ${unit}`;
  const over = Math.max(0, value - limitValue);
  return `${limit} of ${round(limitValue)}${name} passed by ${round(over)}${name}, at ${round(value)}${name}`;
}

const UNITS: readonly unknown[] = [
  "ms",
  "MB",
  "timers",
  "calls",
  "lines",
  "bytes",
  "count",
] satisfies readonly KillUnit[];

function isUnit(value: unknown): value is KillUnit {
  return UNITS.includes(value);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function linesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((line): line is string => typeof line === "string") : [];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
