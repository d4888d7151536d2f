import PQueue from "p-queue";
import { Scheduler } from "../src/scheduler/scheduler.ts";
import { atMost, scaled } from "./lib/report.ts";
import type { BenchReport, Scale, Target } from "./lib/report.ts";
import { interleave, ratioOf, rowsOf } from "./lib/rounds.ts";
import type { Contender, Rounds } from "./lib/rounds.ts";
import { median } from "./lib/stats.ts";

const FUNCTION_COUNTS = [1, 100, 10_000];
/** At least this many invocations a round. */
const INVOCATIONS = 20_000;
/** The engine's default account, and one so narrow that nearly everything waits. */
const ACCOUNT_CONCURRENCY = 1_000;
const NARROW_CONCURRENCY = 16;

const BASELINE = "plain p-queue";

/** What counts as flat: 10 000 functions don't fit the caches that one fits, whoever looks them up. */
const FLAT = 1.5;

type Add = (functionName: string) => Promise<unknown>;
interface Scenario {
  readonly label: string;
  readonly concurrency: number;
  /** Callers that each have one invocation outstanding, and the next as soon as it has settled. */
  readonly callers: number;
}

const SCENARIOS: readonly Scenario[] = [
  { label: "starts at once", concurrency: ACCOUNT_CONCURRENCY, callers: 16 },
  { label: "standing backlog of 1000", concurrency: NARROW_CONCURRENCY, callers: 1_000 },
  { label: "burst of 10000", concurrency: NARROW_CONCURRENCY, callers: 10_000 },
];

const task = async (): Promise<number> => 1;

/**
 * The scheduler's own time per invocation, of a task that does nothing, at 1, 100 and 10 000 functions: for invocations that
 * start at once, that wait their turn in a backlog, and that come all together. The baseline is a plain p-queue of the same
 * concurrency with its own queue class, in the same process and interleaved with the rest.
 */
export async function schedulerBench(scale: Scale): Promise<BenchReport> {
  const rows: BenchReport["rows"][] = [];
  const targets: Target[] = [];
  for (const scenario of SCENARIOS) {
    const rounds = await interleave(contendersOf(scenario, scale), scale.rounds);
    rows.push(rowsOf(rounds, "µs", [BASELINE], `, ${scenario.label}`));
    targets.push(...targetsOf(scenario.label, rounds));
  }
  return {
    name: "scheduler",
    question: "the scheduler's own time per invocation, of a task that does nothing",
    rounds: scale.rounds,
    rows: rows.flat(),
    targets,
    notMeasured: [
      "anything below the scheduler: the task does nothing",
      "invocations that are throttled, aborted or run into the queue deadline",
    ],
  };
}

function contendersOf({ concurrency, callers }: Scenario, scale: Scale): Contender[] {
  const invocations = Math.max(scaled(INVOCATIONS, scale), 2 * scaled(callers, scale));
  const measured = (add: () => Add, names: readonly string[]): (() => Promise<{ value: number }>) => {
    return async () => ({ value: await measure(add(), invocations, scaled(callers, scale), names) });
  };
  const plain = { name: BASELINE, round: measured(() => plainQueue(concurrency), [""]) };
  const subjects = FUNCTION_COUNTS.map((count) => ({
    name: nameOf(count),
    round: measured(() => scheduler(concurrency), functionNames(count)),
  }));
  return [plain, ...subjects];
}

function targetsOf(label: string, rounds: Rounds): Target[] {
  const most = FUNCTION_COUNTS.map((count) =>
    median((rounds.get(nameOf(count)) ?? []).map(({ value }) => value)),
  );
  const growth = ratioOf(rounds, nameOf(10_000), nameOf(1));
  return [
    atMost(`scheduler overhead, ${label}`, 5, Math.max(...most), "µs"),
    atMost(`the same at 10 000 functions against 1, ${label}`, FLAT, growth, "×"),
  ];
}

function nameOf(functions: number): string {
  return `${functions} function${functions === 1 ? "" : "s"}`;
}

function plainQueue(concurrency: number): Add {
  const queue = new PQueue({ concurrency });
  return () => queue.add(task);
}

function scheduler(accountConcurrency: number): Add {
  const one = new Scheduler({
    accountConcurrency,
    maxQueued: INVOCATIONS,
    maxQueuedPerFunction: INVOCATIONS,
  });
  return (functionName) => one.run({ functionName, priority: 0 }, task);
}

/** Microseconds per invocation. */
async function measure(
  add: Add,
  invocations: number,
  callers: number,
  names: readonly string[],
): Promise<number> {
  let left = invocations;
  const caller = async (): Promise<void> => {
    while (left > 0) await add(nameAt(names, left--));
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return ((performance.now() - startMs) * 1_000) / invocations;
}

/** Names as an engine holds them, each hashed before; V8 hashes a string when it is first looked up. */
function functionNames(count: number): readonly string[] {
  const names = Array.from({ length: count }, (_, index) => `function-${index}`);
  return [...new Set(names)];
}

/** A stride that has no factor in common with the counts, so that neighbours in time are not neighbours in memory. */
function nameAt(names: readonly string[], index: number): string {
  return names[(index * 7_919) % names.length] ?? "";
}
