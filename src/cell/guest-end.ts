import { BYTES_PER_MB } from "../base/sizes.ts";
import type { Passed } from "../invocation/kill-report.ts";
import { endText } from "./end-text.ts";
import type { GenericEnvironment } from "./generic-environment.ts";
import type { GuestInbox } from "./guest-inbox.ts";
import type { GuestInit } from "./guest-init.ts";
import type { GuestQuestions } from "./guest-questions.ts";
import { isKill, killWriter } from "./kills.ts";
import type { LogGate } from "./log-gate.ts";
import type { IsolateMeter } from "./meter.ts";
import type { EndReason, VersionDefinition } from "./protocol.ts";
import type { RunBudget } from "./run-budget.ts";
import type { Running, Runs } from "./runs.ts";

/** What the end of an environment is told from. */
export interface EndParts {
  readonly generic: GenericEnvironment;
  readonly limits: VersionDefinition;
  readonly init: GuestInit;
  readonly inbox: GuestInbox;
  readonly questions: GuestQuestions;
  readonly runs: Runs;
  readonly budget: RunBudget;
  readonly meter: IsolateMeter;
  readonly logs: LogGate;
}

/** Writes a kill report, by how long the killed took and by what it had passed. */
type WriteKill = ReturnType<typeof killWriter>;

/** How the end of one environment is told: the error of what ran, and the kill report. */
export class GuestEnd {
  readonly #parts: EndParts;

  constructor(parts: EndParts) {
    this.#parts = parts;
  }

  /** JSON of the GuestError that what ran fails with. */
  errorText(reason: EndReason, thrown: unknown, isInit: boolean): string {
    const { generic, limits, inbox } = this.#parts;
    return endText({
      reason,
      thrown,
      isInit,
      memoryMb: generic.memoryMb,
      errorBytes: limits.errorBytes,
      exitCode: inbox.exitCode,
      uncaught: inbox.uncaught,
      passed: this.#passedBy(reason),
    });
  }

  /**
   * Ends everything that runs, each with its kill report when this is a kill. Gives the report of the environment, or an
   * empty text.
   */
  endRuns(reason: EndReason, thrown: unknown): string {
    const { runs, budget } = this.#parts;
    const text = this.errorText(reason, thrown, false);
    const write = this.#killWriter(reason, thrown);
    if (!write) {
      runs.endAll(false, text, () => "");
      return "";
    }
    let last: string | undefined;
    runs.endAll(reason === "timeout", text, (running) => {
      const durationMs = performance.now() - running.startedMs;
      last = write(durationMs, reason === "timeout" ? overdue(running, durationMs) : undefined);
      return last;
    });
    return last ?? write(budget.elapsedMs);
  }

  /** The kill report of an init, or an empty text. */
  initKill(reason: EndReason, thrown: unknown, initMs: number): string {
    const limitValue = this.#parts.init.timeoutMs;
    const passed: Passed = { limit: "initTimeoutMs", limitValue, value: initMs, unit: "ms" };
    const write = this.#killWriter(reason, thrown);
    return write?.(initMs, reason === "timeout" ? passed : undefined) ?? "";
  }

  #killWriter(reason: EndReason, thrown: unknown): WriteKill | undefined {
    if (!isKill(reason)) return undefined;
    const { meter, questions, logs, limits } = this.#parts;
    meter.sampleHeap(true);
    const lastHostCall = questions.last;
    return killWriter({
      ...this.#passedBy(reason),
      ...(lastHostCall !== undefined && { lastHostCall }),
      heapBytes: meter.heapBytes,
      logLines: logs.lastLines,
      thrown,
      errorBytes: limits.errorBytes,
    });
  }

  #passedBy(reason: EndReason): Passed {
    const { generic, meter, inbox } = this.#parts;
    if (reason === "cpu") return this.#cpuPassed();
    if (reason !== "memory") return inbox.passed;
    const limitValue = generic.memoryMb;
    const value = Math.max(limitValue, Math.ceil(meter.heapBytes / BYTES_PER_MB));
    return { limit: "memoryMb", limitValue, value, unit: "MB" };
  }

  #cpuPassed(): Passed {
    const { limits, runs, budget } = this.#parts;
    const used = runs.mostCpuMs();
    const value = used >= limits.cpuMs ? used : Math.max(used, budget.elapsedMs);
    return { limit: "limits.cpuMs", limitValue: limits.cpuMs, value, unit: "ms" };
  }
}

function overdue(running: Running, durationMs: number): Passed {
  const limitValue = Math.round(running.deadlineMs - running.startedMs);
  return { limit: "timeoutMs", limitValue, value: durationMs, unit: "ms" };
}
