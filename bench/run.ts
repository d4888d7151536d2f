/**
 * `npm run bench [name …]`: builds the package if it is stale, runs the benchmarks one after the other, each in a process
 * of its own, prints their tables and writes `bench/results/<name>.json`; without a name, all but those that take many
 * minutes. A missed target is said and changes no exit code: figures of one machine at one moment are not a verdict.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { machineFacts } from "./lib/machine.ts";
import type { Benchmark, BenchReport } from "./lib/report.ts";
import { formatReport, formatTargets } from "./lib/table.ts";

const root = resolve(import.meta.dirname, "..");
const results = join(import.meta.dirname, "results");

/** A benchmark that takes this long hangs. */
const LIMIT_MS = 180_000;

/** Those that take longer have limits of their own, and run only when they are named. */
const LONG_LIMITS_MS: Readonly<Record<string, number>> = { scale: 1_200_000 };

const ROUNDS = 7;

/** Each is loaded only when it runs: they import the package, which may have to be built first. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  "warm-latency": async () => (await import("./warm-latency.ts")).warmLatency,
  throughput: async () => (await import("./throughput.ts")).throughput,
  "cold-start": async () => (await import("./cold-start.ts")).coldStart,
  density: async () => (await import("./density.ts")).density,
  isolation: async () => (await import("./isolation.ts")).isolation,
  scheduler: async () => (await import("./scheduler.ts")).schedulerBench,
  payload: async () => (await import("./payload.ts")).payload,
  scale: async () => (await import("./scale.ts")).scale,
  "noisy-neighbour": async () => (await import("./noisy-neighbour.ts")).noisyNeighbour,
};

/** Set in the processes that run one benchmark. */
const ONLY = "ISOLET_BENCH_ONLY";

async function runHere(name: string): Promise<void> {
  const benchmark = await BENCHMARKS[name]?.();
  if (!benchmark) throw new Error(`no benchmark ${name}`);
  const machine = machineFacts();
  const startedAt = new Date().toISOString();
  const startMs = performance.now();
  const report = await benchmark({ rounds: ROUNDS, work: 1 });
  const tookMs = Math.round(performance.now() - startMs);
  mkdirSync(results, { recursive: true });
  writeFileSync(resultFile(name), `${JSON.stringify({ ...report, startedAt, tookMs, machine }, null, 2)}\n`);
  console.log(`\n${formatReport(report, machine)}\n(${(tookMs / 1_000).toFixed(1)} s)`);
}

function runAll(names: readonly string[]): void {
  runNode(["scripts/build.ts", "--if-stale"], {}, LIMIT_MS);
  const failed = names.filter(
    (name) => !runNode(["bench/run.ts"], { [ONLY]: name }, LONG_LIMITS_MS[name] ?? LIMIT_MS),
  );
  const reports = names.filter((name) => !failed.includes(name)).map(readReport);
  const targets = reports.flatMap((report) => report.targets);
  const missed = targets.filter(({ reached }) => !reached).length;
  console.log(
    `\nAll targets of this run: ${targets.length - missed} reached, ${missed} missed\n${formatTargets(targets)}`,
  );
  console.log(`\nReports: bench/results/<name>.json`);
  if (failed.length === 0) return;
  console.error(`Did not finish: ${failed.join(", ")}`);
  process.exitCode = 1;
}

/** Whether it ended well. */
function runNode(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  limitMs: number,
): boolean {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...variables },
    stdio: "inherit",
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  return status === 0;
}

function readReport(name: string): BenchReport {
  return JSON.parse(readFileSync(resultFile(name), "utf8")) as BenchReport;
}

function resultFile(name: string): string {
  return join(results, `${name}.json`);
}

const only = process.env[ONLY];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(", ")}. There are: ${Object.keys(BENCHMARKS).join(", ")}.`);
  process.exitCode = 2;
} else if (only) await runHere(only);
else if (asked.length > 0) runAll(asked);
else runAll(Object.keys(BENCHMARKS).filter((name) => !Object.hasOwn(LONG_LIMITS_MS, name)));
