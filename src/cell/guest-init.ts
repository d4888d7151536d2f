import { failureText, moduleFailureText } from "./failures.ts";
import { isKill } from "./kills.ts";
import type { EndReason } from "./protocol.ts";
import { LoadFailure } from "./user-code.ts";

/** The init of an environment: what the guest has reported of it, and how it has ended. */
export class GuestInit {
  readonly #startedMs: number = performance.now();
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  /** Undefined until the guest has reported; empty when all went well; else JSON of a GuestError. */
  #report: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
    this.deadlineMs = this.#startedMs + timeoutMs;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  get succeeded(): boolean {
    return this.#report === "";
  }

  /** Calls back when it waits for something past its deadline, unless it is settled by then. */
  onOverdue(callback: () => void): void {
    this.#timer = setTimeout(callback, Math.max(1, Math.ceil(this.deadlineMs - performance.now())));
  }

  /** It is over. */
  settled(): void {
    clearTimeout(this.#timer);
  }

  /** Takes the guest's word. False when it has given it before. */
  report(error: string): boolean {
    if (this.#report !== undefined) return false;
    this.#report = error;
    return true;
  }

  /**
   * Why it has failed, if it has: what the guest reported, or what ended the run, or that nothing is left to wait for.
   * `endText` tells of the end of the run.
   */
  failure(
    reason: EndReason | undefined,
    thrown: unknown,
    timers: number,
    errorBytes: number,
    endText: (reason: EndReason) => string,
  ): readonly [EndReason, string] | undefined {
    if (reason && isKill(reason)) return [reason, endText(reason)];
    if (this.#report) return ["init-error", this.#report];
    if (thrown instanceof LoadFailure) return ["init-error", thrown.text];
    if (reason === "unhandled-rejection" && this.#report === undefined) {
      return ["init-error", moduleFailureText(thrown, errorBytes)];
    }
    if (reason) return [reason, endText(reason)];
    if (this.#report === undefined && timers === 0) {
      return ["exit", failureText("Runtime.ExitError", "Error: Runtime exited with error: exit status 13")];
    }
    return undefined;
  }
}
