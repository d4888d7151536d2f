import { LOG_LINE_LIMIT } from "../guest/contract.ts";

/** How much more than its limit a guest may try to log before its environment is ended. */
export const LOG_FLOOD_FACTOR = 10;

/** Lines kept for a kill report, and what is kept of each, in UTF-16 units. */
const KEPT_LINES = 5;
const KEPT_LENGTH = 512;

const LEVEL_WARN = 3;

/** How much one invocation may log. */
export interface LogLimits {
  readonly logLines: number;
  readonly logBytes: number;
}

/** A limit that a guest's log passed, by so much that its environment has to end. */
export interface LogFlood {
  readonly limit: "limits.logLines" | "limits.logBytes";
  readonly limitValue: number;
  readonly value: number;
  readonly unit: "lines" | "bytes";
}

/** Lets a guest's log lines through up to the limits, says once when it stops, and tells a flood. */
export class LogGate {
  readonly #limits: LogLimits;
  readonly #pass: (number: number, level: number, text: string) => void;
  #lines = 0;
  #bytes = 0;
  #closed = false;
  #kept: string[] = [];

  constructor(limits: LogLimits, pass: (number: number, level: number, text: string) => void) {
    this.#limits = limits;
    this.#pass = pass;
  }

  /** A new invocation begins: the account starts from nothing. */
  begin(): void {
    if (this.#lines === 0) return;
    this.#lines = 0;
    this.#bytes = 0;
    this.#closed = false;
    this.#kept = [];
  }

  /** Its last lines, oldest first. */
  get lastLines(): readonly string[] {
    return this.#kept;
  }

  /** The limit that was passed, when the guest went on far beyond it. */
  write(number: number, level: number, text: string): LogFlood | undefined {
    const line = text.length > LOG_LINE_LIMIT ? text.slice(0, LOG_LINE_LIMIT) : text;
    this.#lines++;
    // With its line end.
    this.#bytes += Buffer.byteLength(line) + 1;
    if (this.#closed) return this.#flood();
    const passed = this.#passed();
    if (!passed) {
      this.#keep(line);
      this.#pass(number, level, line);
      return undefined;
    }
    this.#closed = true;
    const notice = `isolet: ${passed} per invocation reached; the rest is dropped`;
    this.#pass(number, LEVEL_WARN, notice);
    return undefined;
  }

  #passed(): string | undefined {
    const { logLines, logBytes } = this.#limits;
    if (this.#lines > logLines) return `limits.logLines of ${logLines} lines`;
    if (this.#bytes > logBytes) return `limits.logBytes of ${logBytes} bytes`;
    return undefined;
  }

  #flood(): LogFlood | undefined {
    const { logLines, logBytes } = this.#limits;
    if (this.#lines > logLines * LOG_FLOOD_FACTOR)
      return { limit: "limits.logLines", limitValue: logLines, value: this.#lines, unit: "lines" };
    if (this.#bytes > logBytes * LOG_FLOOD_FACTOR)
      return { limit: "limits.logBytes", limitValue: logBytes, value: this.#bytes, unit: "bytes" };
    return undefined;
  }

  #keep(line: string): void {
    // Through bytes, as a part of a text keeps the whole of it in memory.
    const isLong = line.length > KEPT_LENGTH;
    const text = isLong ? Buffer.from(line.slice(0, KEPT_LENGTH), "utf16le").toString("utf16le") : line;
    if (this.#kept.push(text) > KEPT_LINES) this.#kept.shift();
  }
}
