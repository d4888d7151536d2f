import { BYTES_PER_MB } from "../base/sizes.ts";
import type { FunctionErrorShape } from "../invocation/result.ts";
import type { KillReport, KillUnit } from "../invocation/kill-report.ts";
import type { MeterRecord } from "../metering/record.ts";
import type { LogLevel } from "./record.ts";

/** What the lines of one invocation have in common. */
export interface LineFacts {
  readonly requestId: string | undefined;
  readonly functionVersion: string;
  readonly tenant: string | undefined;
}

/** One format's way of writing each kind of line. */
export interface LineFormat {
  /** A `console.*` line. `text` is as the guest wrote it for this format. */
  functionLine(
    facts: LineFacts,
    level: LogLevel,
    timeMs: number,
    text: string,
  ): { message: string; line: string };
  start(facts: LineFacts, timeMs: number): string;
  end(facts: LineFacts, timeMs: number, status: string): string;
  report(facts: LineFacts, timeMs: number, record: MeterRecord): string;
  initReport(timeMs: number, initMs: number, errorType: string): string;
  /** Why the engine ended an invocation, or an init, by force. */
  kill(facts: LineFacts, timeMs: number, kill: KillReport): string;
  /** What the runtime client logs of a failed invocation. */
  failure(error: FunctionErrorShape): string;
}

/** Lambda's tab separated lines. */
export const textLines: LineFormat = {
  functionLine(facts, level, timeMs, text) {
    const line = `${iso(timeMs)}\t${facts.requestId ?? "undefined"}\t${level}\t${text}`;
    return { message: text, line: oneLine(line) };
  },
  start: ({ requestId, functionVersion }) => `START RequestId: ${requestId} Version: ${functionVersion}`,
  end: ({ requestId }) => `END RequestId: ${requestId}`,
  report({ requestId }, _timeMs, record) {
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${record.durationMs.toFixed(2)} ms`,
      `Billed Duration: ${record.billedDurationMs} ms`,
      `Memory Size: ${record.memoryMb} MB`,
      `Max Memory Used: ${record.peakMemoryMb} MB`,
    ];
    if (record.initMs > 0) fields.push(`Init Duration: ${record.initMs.toFixed(2)} ms`);
    if (record.outcome === "timeout") fields.push("Status: timeout");
    else if (isPlatformError(record.errorType))
      fields.push("Status: error", `Error Type: ${record.errorType}`);
    return `${fields.join("\t")}\t`;
  },
  initReport: (_timeMs, initMs, errorType) =>
    `INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms\tPhase: init\tStatus: error\tError Type: ${errorType}`,
  kill({ requestId }, _timeMs, kill) {
    const fields = [
      `KILL RequestId: ${requestId}`,
      `Limit: ${kill.limit}`,
      `Limit Value: ${measure(kill.limitValue, kill.unit)}`,
      `Value: ${measure(kill.value, kill.unit)}`,
      `Duration: ${kill.durationMs.toFixed(2)} ms`,
      `Heap: ${(kill.heapBytes / BYTES_PER_MB).toFixed(1)} MB`,
    ];
    if (kill.lastHostCall !== undefined) fields.push(`Last Host Call: ${kill.lastHostCall}`);
    const at = kill.stack?.[0]?.trim();
    if (at !== undefined) fields.push(`Stack: ${at}`);
    return `${fields.join("\t")}\t`;
  },
  failure: (error) => `${failureTitle(error)} \t${JSON.stringify(failureBody(error, "stack"))}`,
};

/** Lambda's JSON lines. */
export const jsonLines: LineFormat = {
  functionLine(facts, level, timeMs, text) {
    const head: Record<string, unknown> = { timestamp: iso(timeMs), level, requestId: facts.requestId };
    if (facts.tenant !== undefined) head["tenantId"] = facts.tenant;
    const body = parseBody(text);
    const { message } = body;
    return {
      message: typeof message === "string" ? message : JSON.stringify(message ?? null),
      // Its place is before the guest's fields, and its word after them.
      line: JSON.stringify({ ...head, ...body, ...head }),
    };
  },
  start: (facts, timeMs) =>
    platformLine(timeMs, "platform.start", { requestId: facts.requestId, version: facts.functionVersion }),
  end: (facts, timeMs, status) =>
    platformLine(timeMs, "platform.runtimeDone", { requestId: facts.requestId, status }),
  report(facts, timeMs, record) {
    const metrics = {
      durationMs: round(record.durationMs),
      billedDurationMs: record.billedDurationMs,
      memorySizeMB: record.memoryMb,
      maxMemoryUsedMB: record.peakMemoryMb,
      ...(record.initMs > 0 && { initDurationMs: round(record.initMs) }),
    };
    return platformLine(timeMs, "platform.report", {
      requestId: facts.requestId,
      metrics,
      status: statusOf(record),
      ...(isPlatformError(record.errorType) && { errorType: record.errorType }),
    });
  },
  initReport: (timeMs, initMs, errorType) =>
    platformLine(timeMs, "platform.initReport", {
      initializationType: "on-demand",
      phase: "init",
      status: "error",
      errorType,
      metrics: { durationMs: round(initMs) },
    }),
  // Its log lines stand before it in the log.
  kill: ({ requestId }, timeMs, { logLines: _before, ...kill }) =>
    platformLine(timeMs, "platform.kill", { requestId, ...kill }),
  failure: (error) => JSON.stringify({ message: { ...failureBody(error, "stackTrace") } }),
};

function measure(value: number, unit: KillUnit): string {
  return `${round(value)} ${unit}`;
}

/** Lambda's word for an outcome. */
export function statusOf(record: MeterRecord): "success" | "timeout" | "error" {
  if (record.outcome === "succeeded") return "success";
  return record.outcome === "timeout" ? "timeout" : "error";
}

function platformLine(timeMs: number, type: string, record: object): string {
  return JSON.stringify({ time: iso(timeMs), type, record });
}

function isPlatformError(errorType: string | undefined): boolean {
  return errorType !== undefined && (errorType.startsWith("Runtime.") || errorType.startsWith("Sandbox."));
}

function failureTitle(error: FunctionErrorShape): string {
  if (error.errorType === "Runtime.UnhandledPromiseRejection") return "Unhandled Promise Rejection";
  return "Invoke Error";
}

function failureBody(error: FunctionErrorShape, traceKey: string): object {
  const { errorType, errorMessage, trace } = error;
  return { errorType, errorMessage, ...(trace && { [traceKey]: trace }) };
}

/** What the guest wrote for a JSON line, without trusting that it is. */
function parseBody(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body))
      return body as Record<string, unknown>;
  } catch {
    // A plain text: falls through to being the message.
  }
  return { message: text };
}

/** Lambda writes a record's line ends as carriage returns, so that one record stays one line. */
function oneLine(text: string): string {
  return text.includes("\n") ? text.replaceAll("\n", "\r") : text;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
