/** Sums up meter records: the figures of one row of the table. */
import type { MeterRecord } from "isolet";
import { percentile } from "../percentile.ts";
import { costUsd } from "./pricing.ts";

export interface Summary {
  readonly name: string;
  readonly invocations: number;
  readonly failed: number;
  /** How often each error type was met, the most frequent first. */
  readonly failures: readonly (readonly [errorType: string, count: number])[];
  readonly coldStarts: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly billedMs: number;
  readonly gbSeconds: number;
  readonly cpuMs: number;
  readonly costUsd: number;
  readonly costUsdPerMillion: number;
}

export function summarise(name: string, records: readonly MeterRecord[]): Summary {
  // Lambda neither runs nor charges for an invocation that it throttles.
  const charged = records.filter(({ outcome }) => outcome !== "throttled" && outcome !== "lost");
  const failed = records.filter(({ outcome }) => outcome !== "succeeded");
  const durations = charged.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const gbSeconds = sum(records, (record) => record.gbSeconds);
  const cost = costUsd(gbSeconds, charged.length);
  return {
    name,
    invocations: records.length,
    failed: failed.length,
    failures: countByType(failed),
    coldStarts: records.filter(({ coldStart }) => coldStart).length,
    p50Ms: percentile(durations, 50),
    p99Ms: percentile(durations, 99),
    billedMs: sum(records, (record) => record.billedDurationMs),
    gbSeconds,
    cpuMs: sum(records, (record) => record.cpuMs),
    costUsd: cost,
    costUsdPerMillion: charged.length === 0 ? 0 : (cost / charged.length) * 1_000_000,
  };
}

/** One summary per function, in the order of `names`. */
export function summariseByFunction(
  names: readonly string[],
  records: readonly MeterRecord[],
): readonly Summary[] {
  const byName = Map.groupBy(records, ({ functionName }) => functionName);
  return names.map((name) => summarise(name, byName.get(name) ?? []));
}

function countByType(failed: readonly MeterRecord[]): Summary["failures"] {
  const byType = Map.groupBy(failed, ({ errorType, outcome }) => errorType ?? outcome);
  return [...byType]
    .map(([type, records]) => [type, records.length] as const)
    .sort(([typeA, a], [typeB, b]) => b - a || typeA.localeCompare(typeB));
}

function sum(records: readonly MeterRecord[], value: (record: MeterRecord) => number): number {
  return records.reduce((total, record) => total + value(record), 0);
}
