import type { MeterRecord } from "../../src/metering/record.ts";

/** A record whose fields a test doesn't care about are filled in. */
export function makeRecord(fields: Partial<MeterRecord> = {}): MeterRecord {
  return {
    requestId: "req-1",
    functionName: "greet",
    functionVersion: "1",
    tags: {},
    outcome: "succeeded",
    coldStart: false,
    acceptedAtMs: 0,
    queuedMs: 0,
    initMs: 0,
    durationMs: 1.25,
    billedDurationMs: 2,
    cpuMs: 1,
    memoryMb: 128,
    peakMemoryMb: 10,
    gbSeconds: 0.00025,
    bytesIn: 4,
    bytesOut: 2,
    logBytes: 0,
    ...fields,
  };
}
