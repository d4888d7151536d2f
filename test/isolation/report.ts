/** What a child host tells of one attack. Data only: it crosses to the parent as JSON. */
import type { KillReport, MeterRecord } from "../../src/index.ts";

/** Where the environments under attack run. */
export type Placement = "in-process" | "process";

/** One of the attacker's invocations. */
export interface StepReport {
  /** `succeeded`, the error type, `refused:` and a code when `deploy` threw, `rejected:` and one when `invoke` did. */
  readonly outcome: string;
  readonly message: string;
  readonly requestId: string;
  readonly payload: unknown;
  readonly tookMs: number;
  /** Why the guest was killed, when it was. */
  readonly kill: KillReport | null;
}

/** The innocent function's invocations meanwhile. */
export interface InnocentReport {
  readonly sent: number;
  readonly correct: number;
  /** Answered, but with something else than was asked. */
  readonly wrong: readonly string[];
  /** Failures by error type. */
  readonly failed: Readonly<Record<string, number>>;
  readonly unanswered: number;
  readonly slowestMs: number;
  /** Most in flight at a time. */
  readonly mostInFlight: number;
}

export interface AttackReport {
  readonly steps: readonly StepReport[];
  readonly innocent: InnocentReport;
  /** Longest time in which the event loop did not turn, without what the thread waited for a CPU. */
  readonly longestBlockMs: number;
  /** CPU time the host's main thread spent within it. */
  readonly blockCpuMs: number;
  readonly grownMb: number;
  readonly meters: readonly MeterRecord[];
  readonly cellsLost: number;
  /** Properties that the host's own `Object.prototype` got. */
  readonly polluted: readonly string[];
}

/** What the parent knows in the end: a report, or how the child failed to give one. */
export type Verdict = { readonly report: AttackReport } | { readonly hostDied: string };
