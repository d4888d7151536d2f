/** Judges a report: everything that an attack must not bring about, and did. */
import { isDeepStrictEqual } from "node:util";
import type { MeterRecord } from "../../src/index.ts";
import { EXIT, LOST, MEMORY } from "./attack.ts";
import type { Attack, Step } from "./attack.ts";
import type { AttackReport, Placement, StepReport, Verdict } from "./report.ts";

/** How an attack got through. */
type FaultKind =
  | "host died"
  | "thread lost"
  | "loop blocked"
  | "late"
  | "wrong outcome"
  | "neighbour harmed"
  | "memory kept"
  | "meter wrong"
  | "kill untold";

export interface Fault {
  readonly kind: FaultKind;
  readonly text: string;
}

const BLOCK_LIMIT_MS = 50;
/** What the engine may take beyond the attacker's deadline to answer. */
const LATE_MS = 500;
const DEFAULT_TIMEOUT_MS = 300;
const INIT_TIMEOUT_MS = 300;
const MEMORY_LIMIT_MB = 100;

/** All faults of one attack; none when it was contained. */
export function faultsOf(attack: Attack, verdict: Verdict, placement: Placement): Fault[] {
  if ("hostDied" in verdict) return [{ kind: "host died", text: verdict.hostDied }];
  const { report } = verdict;
  return [
    ...stepFaults(attack, report),
    ...loopFaults(report),
    ...neighbourFaults(report),
    ...meterFaults(report, attack.spreads === true),
    ...report.steps.flatMap(killFaults),
    ...hostFaults(report),
    ...threadFaults(report, placement),
  ];
}

/**
 * The faults that a busy machine alone can bring about, and that count only when they come again. A thread is among them
 * because a cell that gets no CPU while it ends an environment looks like one that can't.
 */
export function isOfTime({ kind }: Fault): boolean {
  return kind === "late" || kind === "loop blocked" || kind === "thread lost";
}

function stepFaults(attack: Attack, { steps }: AttackReport): Fault[] {
  const limitMs = (attack.settings.timeoutMs ?? DEFAULT_TIMEOUT_MS) + LATE_MS;
  return attack.steps.flatMap((step, index) => {
    const told = steps[index];
    if (!told)
      return steps.length === 1 && index > 0 ? [] : [fault("wrong outcome", `step ${index} is missing`)];
    // A failed init is tried once more, within the invocation's own limit.
    const initMs = attack.at === "init" && index === 0 ? INIT_TIMEOUT_MS : 0;
    const allowedMs = limitMs + initMs;
    const late =
      told.tookMs > allowedMs
        ? [fault("late", `${told.outcome} after ${told.tookMs.toFixed(0)} ms of ${allowedMs} allowed`)]
        : [];
    return [...outcomeFaults(step, told, index), ...late];
  });
}

/**
 * How V8 ends a process where it can't end the isolate alone: a heap that is full when nothing can be interrupted, seen on
 * Node 24 above all. The process is the guest's, so that this is as good an end as the limit is.
 */
const FULL_BY_V8 = /the cell ended: signal SIG(ABRT|ILL|TRAP)/;

function isExpected({ expect }: Step, { outcome, message }: StepReport): boolean {
  if (expect.includes(outcome)) return true;
  return outcome === EXIT && expect.includes(MEMORY) && FULL_BY_V8.test(message);
}

function outcomeFaults(step: Step, told: StepReport, index: number): Fault[] {
  if (!isExpected(step, told)) {
    const wanted = step.expect.join(", ");
    // On a busy machine the deadline may come before what was to come of it.
    const kind = told.outcome === "Sandbox.Timedout" ? "late" : "wrong outcome";
    return [fault(kind, `step ${index}: ${told.outcome} (${told.message}), not ${wanted}`)];
  }
  if (told.outcome !== "succeeded" || !("returns" in step)) return [];
  const right = withRequestId(step.returns, told.requestId);
  if (isDeepStrictEqual(told.payload, right)) return [];
  return [
    fault(
      "wrong outcome",
      `step ${index} returned ${JSON.stringify(told.payload)}, not ${JSON.stringify(right)}`,
    ),
  ];
}

function withRequestId(value: unknown, requestId: string): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll("$requestId", requestId)) as unknown;
}

function loopFaults({ longestBlockMs, blockCpuMs }: AttackReport): Fault[] {
  if (longestBlockMs <= BLOCK_LIMIT_MS) return [];
  return [
    fault("loop blocked", `for ${longestBlockMs.toFixed(0)} ms, ${blockCpuMs.toFixed(0)} of them on the CPU`),
  ];
}

/** Those that ran in a cell when it was lost may be lost with it, and nothing else may happen to any. */
function neighbourFaults({ innocent, cellsLost }: AttackReport): Fault[] {
  const { sent, correct, wrong, failed, unanswered, mostInFlight } = innocent;
  const faults: Fault[] = [];
  if (unanswered > 0) faults.push(fault("neighbour harmed", `${unanswered} of ${sent} were never answered`));
  if (wrong.length > 0)
    faults.push(fault("neighbour harmed", `wrong answers: ${wrong.slice(0, 3).join(", ")}`));
  const { [LOST]: lost = 0, ...others } = failed;
  const allowed = cellsLost > 0 ? mostInFlight : 0;
  if (lost > allowed) faults.push(fault("neighbour harmed", `${lost} of ${sent} were lost with their cell`));
  for (const [errorType, count] of Object.entries(others))
    faults.push(fault("neighbour harmed", `${count} failed with ${errorType}`));
  const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
  if (correct + wrong.length + failures + unanswered !== sent)
    faults.push(fault("neighbour harmed", `of ${sent} sent not all are accounted for`));
  return faults;
}

/** Outcomes of guests that were ended by force; each must say by which limit. */
const KILLED: readonly string[] = [LOST, "Sandbox.Timedout", "Sandbox.LimitExceeded", "Runtime.OutOfMemory"];

function killFaults({ outcome, kill }: StepReport): Fault[] {
  if (!KILLED.includes(outcome)) return [];
  if (kill === null) return [fault("kill untold", `${outcome} has no kill report`)];
  const { limit, limitValue, value, durationMs, heapBytes, logLines } = kill;
  const figures = [limitValue, value, durationMs, heapBytes];
  const isRight = limit !== "" && figures.every((figure) => figure >= 0) && logLines.length <= 5;
  return isRight ? [] : [fault("kill untold", `the kill report is ${JSON.stringify(kill)}`)];
}

/** One record for each invocation that was taken, which says of it what its result said. */
function meterFaults({ steps, meters }: AttackReport, spreads: boolean): Fault[] {
  const taken = steps.filter(({ requestId }) => requestId !== "");
  const faults =
    spreads || meters.length === taken.length ? [] : [fault("meter wrong", `${meters.length} records`)];
  return taken
    .flatMap((step) => {
      const records = meters.filter(({ requestId }) => requestId === step.requestId);
      const [record] = records;
      if (!record || records.length > 1)
        return [fault("meter wrong", `${records.length} for one invocation`)];
      return recordFaults(step, record);
    })
    .concat(faults);
}

function recordFaults({ outcome, tookMs }: StepReport, record: MeterRecord): Fault[] {
  const faults: Fault[] = [];
  const errorType = outcome === "succeeded" ? undefined : outcome;
  if (record.errorType !== errorType || record.outcome !== meterOutcome(outcome))
    faults.push(fault("meter wrong", `${record.outcome} (${record.errorType ?? "no error"}) for ${outcome}`));
  const { durationMs, cpuMs, initMs, queuedMs, billedDurationMs, gbSeconds, bytesIn, bytesOut, logBytes } =
    record;
  const figures = {
    durationMs,
    cpuMs,
    initMs,
    queuedMs,
    billedDurationMs,
    gbSeconds,
    bytesIn,
    bytesOut,
    logBytes,
  };
  for (const [name, value] of Object.entries(figures))
    if (!(value >= 0 && Number.isFinite(value))) faults.push(fault("meter wrong", `${name} is ${value}`));
  // Whatever a guest does to its clock, it can't have run for longer than it took.
  if (durationMs > tookMs + 50) faults.push(fault("meter wrong", `durationMs ${durationMs} of ${tookMs}`));
  return faults;
}

function meterOutcome(outcome: string): string {
  if (outcome === "succeeded") return outcome;
  if (outcome === "Sandbox.Timedout") return "timeout";
  return outcome === LOST ? "lost" : "failed";
}

function hostFaults({ grownMb, polluted }: AttackReport): Fault[] {
  const faults: Fault[] = [];
  if (grownMb > MEMORY_LIMIT_MB) faults.push(fault("memory kept", `${grownMb.toFixed(0)} MB`));
  if (polluted.length > 0) faults.push(fault("host died", `its Object.prototype has ${polluted.join(", ")}`));
  return faults;
}

/** A process can be killed; a thread of the host that can't be stopped stays, with all it holds. */
function threadFaults({ cellsLost }: AttackReport, placement: Placement): Fault[] {
  if (placement === "process" || cellsLost === 0) return [];
  return [fault("thread lost", `${cellsLost} cells were given up`)];
}

function fault(kind: FaultKind, text: string): Fault {
  return { kind, text };
}
