import { BYTES_PER_MB } from "../base/sizes.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import type { MeterOutcome, MeterRecord } from "./record.ts";

/** What a record says of the function, whoever invokes it. */
export interface MeteredVersion {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memoryMb: number;
  readonly tags: Readonly<Record<string, string>>;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Error types of what ended without an error of the function's. */
const ENDINGS: Readonly<Partial<Record<MeterOutcome, string>>> = {
  aborted: "Sandbox.Aborted",
  throttled: "Sandbox.Throttled",
  lost: "Sandbox.NotStarted",
};

/** The record of a finished invocation, from its own timestamps. `nowMs` is on the monotonic scale. */
export function billOf(
  invocation: Invocation,
  completion: Completion,
  version: MeteredVersion,
  granularityMs: number,
  nowMs: number,
): MeterRecord {
  const { request, initMs } = invocation;
  const { durationMs, outcome, error } = completion;
  const errorType = error?.errorType ?? ENDINGS[outcome];
  const queuedMs = (invocation.dispatchedMs ?? nowMs) - request.acceptedMs;
  const billedDurationMs = billedMs(durationMs + initMs, granularityMs);
  // Not by spreading what is there: that takes longer than all the rest.
  const record: Writable<MeterRecord> = {
    requestId: request.requestId,
    functionName: version.functionName,
    functionVersion: version.functionVersion,
    tags: version.tags,
    outcome,
    coldStart: invocation.coldStart,
    acceptedAtMs: request.acceptedAtMs,
    queuedMs,
    initMs,
    durationMs,
    billedDurationMs,
    cpuMs: completion.cpuMs + invocation.initCpuMs,
    memoryMb: version.memoryMb,
    peakMemoryMb: Math.ceil(invocation.peakMemoryBytes / BYTES_PER_MB),
    gbSeconds: (billedDurationMs / 1000) * (version.memoryMb / 1024),
    bytesIn: request.bytesIn,
    bytesOut: completion.bytesOut ?? (completion.text === "" ? 0 : Buffer.byteLength(completion.text)),
    logBytes: invocation.logBytes,
  };
  if (request.alias !== undefined) record.alias = request.alias;
  if (request.tenant !== undefined) record.tenant = request.tenant;
  if (errorType !== undefined) record.errorType = errorType;
  return record;
}

/** Rounded up to the granularity: 1 ms as Lambda bills now, 100 ms as it did until 2020. */
export function billedMs(durationMs: number, granularityMs: number): number {
  return Math.ceil(durationMs / granularityMs) * granularityMs;
}
