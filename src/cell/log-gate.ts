/** Longest log line, in UTF-16 units; Lambda cuts at 256 KB as well. */
export const LOG_LINE_LIMIT = 262_144;

/** Most log text of one invocation, in UTF-16 units. */
export const LOG_LIMIT = 8_388_608;

const LEVEL_WARN = 3;

/** Lets a guest's log lines through up to the limits, and says once when it stops. */
export class LogGate {
  readonly #pass: (number: number, level: number, text: string) => void;
  #written = 0;
  #closed = false;

  constructor(pass: (number: number, level: number, text: string) => void) {
    this.#pass = pass;
  }

  /** A new invocation begins: the account starts from nothing. */
  begin(): void {
    this.#written = 0;
    this.#closed = false;
  }

  write(number: number, level: number, text: string): void {
    if (this.#closed) return;
    const line = text.length > LOG_LINE_LIMIT ? text.slice(0, LOG_LINE_LIMIT) : text;
    this.#written += line.length + 64;
    if (this.#written <= LOG_LIMIT) {
      this.#pass(number, level, line);
      return;
    }
    this.#closed = true;
    this.#pass(
      number,
      LEVEL_WARN,
      `isolet: log limit of ${LOG_LIMIT} characters per invocation reached; the rest is dropped`,
    );
  }
}
