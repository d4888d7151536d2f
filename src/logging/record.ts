/** Lambda's log levels, lowest first. */
export const LOG_LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How log lines are written. `text` is tab separated, `json` one object a line, both as Lambda writes them. */
export type LogFormat = "text" | "json";

/** Who wrote a line: the function (`console.*`) or the platform (START, END, REPORT, INIT_REPORT, KILL). */
export type LogOrigin = "function" | "platform";

/** One line of a function's log, as the engine's `log` event gives it. */
export interface LogRecord {
  readonly origin: LogOrigin;
  readonly functionName: string;
  readonly functionVersion: string;
  /** Absent for lines written during init, before the first request is known. */
  readonly requestId?: string;
  readonly tenant?: string;
  readonly level: LogLevel;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** The message alone, without time, id and level. */
  readonly message: string;
  /** The whole line as Lambda would write it, in the engine's log format, without the line end. */
  readonly line: string;
  readonly logStreamName: string;
}
