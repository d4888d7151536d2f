import type { Completion, Invocation } from "../invocation/invocation.ts";
import type { KillReport } from "../invocation/kill-report.ts";
import type { MeterRecord } from "../metering/record.ts";
import { jsonLines, statusOf, textLines } from "./lines.ts";
import type { LineFacts, LineFormat } from "./lines.ts";
import { LOG_LEVELS } from "./record.ts";
import type { LogFormat, LogLevel, LogOrigin, LogRecord } from "./record.ts";

/** Bytes of log that a tail has at most, as in Lambda. */
export const LOG_TAIL_BYTES = 4_096;

/** Where a line comes from. */
export interface LogSource {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly logStreamName: string;
}

/** Makes log records of what guests and the platform have to say, as Lambda writes them. */
export class LogWriter {
  readonly #format: LineFormat;
  readonly #emit: (record: LogRecord) => void;
  readonly #wanted: () => boolean;

  /** `wanted` tells whether anyone listens: platform lines nobody wants are not written. */
  constructor(format: LogFormat, wanted: () => boolean, emit: (record: LogRecord) => void) {
    this.#format = format === "json" ? jsonLines : textLines;
    this.#wanted = wanted;
    this.#emit = emit;
  }

  /** A `console.*` line of a guest. */
  functionLine(
    source: LogSource,
    invocation: Invocation | undefined,
    levelIndex: number,
    text: string,
    timeMs: number,
  ): void {
    const level = LOG_LEVELS[levelIndex] ?? "INFO";
    if (invocation) invocation.logBytes += Buffer.byteLength(text) + 1;
    if (!this.#wanted() && !invocation?.request.logTail) return;
    if (invocation) this.#start(source, invocation, timeMs);
    const { message, line } = this.#format.functionLine(factsOf(source, invocation), level, timeMs, text);
    this.#write(source, invocation, "function", level, timeMs, message, line);
  }

  /** START goes before the first line of an invocation, whichever that is. */
  #start(source: LogSource, invocation: Invocation, timeMs: number): void {
    if (invocation.startLogged) return;
    invocation.startLogged = true;
    const line = this.#format.start(factsOf(source, invocation), timeMs);
    this.#write(source, invocation, "platform", "INFO", timeMs, line, line);
  }

  /** Whether anything that is said of the invocation is written. */
  isWanted({ request }: Invocation): boolean {
    return request.logTail || this.#wanted();
  }

  /** END and REPORT, with the runtime client's own line about a failure before them. */
  finish(
    source: LogSource,
    invocation: Invocation,
    completion: Completion,
    record: MeterRecord,
    timeMs: number,
  ): void {
    if (!this.#wanted() && !invocation.request.logTail) return;
    const facts = factsOf(source, invocation);
    this.#start(source, invocation, timeMs);
    this.#failure(source, invocation, completion, timeMs);
    this.#kill(source, invocation, completion.kill, timeMs);
    const end = this.#format.end(facts, timeMs, statusOf(record));
    this.#write(source, invocation, "platform", "INFO", timeMs, end, end);
    const report = this.#format.report(facts, timeMs, record);
    this.#write(source, invocation, "platform", "INFO", timeMs, report, report);
  }

  initReport(
    source: LogSource,
    initMs: number,
    errorType: string,
    kill: KillReport | undefined,
    timeMs: number,
  ): void {
    if (!this.#wanted()) return;
    this.#kill(source, undefined, kill, timeMs);
    const line = this.#format.initReport(timeMs, initMs, errorType);
    this.#write(source, undefined, "platform", "ERROR", timeMs, line, line);
  }

  #kill(
    source: LogSource,
    invocation: Invocation | undefined,
    kill: KillReport | undefined,
    timeMs: number,
  ): void {
    if (!kill) return;
    const line = this.#format.kill(factsOf(source, invocation), timeMs, kill);
    this.#write(source, invocation, "platform", "ERROR", timeMs, line, line);
  }

  #failure(source: LogSource, invocation: Invocation, completion: Completion, timeMs: number): void {
    const { error } = completion;
    if (!error) return;
    const text = completion.outcome === "timeout" ? error.errorMessage : this.#format.failure(error);
    const { message, line } = this.#format.functionLine(factsOf(source, invocation), "ERROR", timeMs, text);
    this.#write(source, invocation, "platform", "ERROR", timeMs, message, line);
  }

  #write(
    source: LogSource,
    invocation: Invocation | undefined,
    origin: LogOrigin,
    level: LogLevel,
    timeMs: number,
    message: string,
    line: string,
  ): void {
    if (invocation?.request.logTail) keepTail(invocation.tail, line);
    if (!this.#wanted()) return;
    const requestId = invocation?.request.requestId;
    const tenant = invocation?.request.tenant;
    this.#emit({
      origin,
      functionName: source.functionName,
      functionVersion: source.functionVersion,
      ...(requestId !== undefined && { requestId }),
      ...(tenant !== undefined && { tenant }),
      level,
      timeMs,
      message,
      line,
      logStreamName: source.logStreamName,
    });
  }
}

function factsOf(source: LogSource, invocation: Invocation | undefined): LineFacts {
  const { functionVersion } = source;
  return { requestId: invocation?.request.requestId, tenant: invocation?.request.tenant, functionVersion };
}

/** Keeps the last lines that a tail can hold, and one more to cut from. */
function keepTail(tail: string[], line: string): void {
  tail.push(line);
  let length = 0;
  for (const kept of tail) length += kept.length + 1;
  while (tail.length > 1 && length - (tail[0]?.length ?? 0) - 1 >= LOG_TAIL_BYTES) {
    length -= (tail.shift()?.length ?? 0) + 1;
  }
}

/** The last 4 KB of the kept lines, cut between characters. */
export function tailText(tail: readonly string[]): string {
  const bytes = Buffer.from(tail.map((line) => `${line}\n`).join(""));
  if (bytes.length <= LOG_TAIL_BYTES) return bytes.toString();
  let start = bytes.length - LOG_TAIL_BYTES;
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.subarray(start).toString();
}
