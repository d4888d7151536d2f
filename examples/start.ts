/** `npm start`: deploys five functions, sends them several hundred events at once, and prints what it cost. */
import { Engine, type MeterRecord } from "isolet";
import { PRICE_NOTE } from "./report/pricing.ts";
import { createProgress } from "./report/progress.ts";
import { styleFor } from "./report/style.ts";
import { summarise, summariseByFunction } from "./report/summary.ts";
import { formatTable } from "./report/table.ts";
import { type Outcome, runCalls } from "./run.ts";
import { exercises, mixedCalls } from "./workload.ts";

const CALLERS = 32;
const SURPRISES_SHOWN = 10;

const output = process.stdout;
const style = styleFor(output);
const names = exercises.map(({ name }) => name);
const print = (line = ""): unknown => output.write(`${line}\n`);
const secondsSince = (startMs: number): string => `${((performance.now() - startMs) / 1_000).toFixed(2)} s`;

async function main(): Promise<boolean> {
  const records: MeterRecord[] = [];
  await using engine = new Engine();
  engine.on("meter", (record) => records.push(record));

  const deployStartMs = performance.now();
  for (const { name, settings } of exercises) await engine.deploy(name, settings);
  print(`Deployed ${exercises.length} functions in ${secondsSince(deployStartMs)}: ${names.join(", ")}`);

  const calls = mixedCalls();
  const plan = new Map(exercises.map(({ name, samples }) => [name, samples.length]));
  print(`Sending ${calls.length} events with ${CALLERS} callers at once`);
  const sendStartMs = performance.now();
  const progress = createProgress(plan, output, style);
  const outcome = await runCalls(engine, calls, CALLERS, (name) => progress.advance(name));
  await engine.drain();
  progress.finish();
  print(style.green(`Done: ${records.length} invocations in ${secondsSince(sendStartMs)}`));

  printReport(records, outcome);
  return checkOutcome(calls.length, records.length, outcome);
}

function printReport(records: readonly MeterRecord[], { answers }: Outcome): void {
  print();
  const total = summarise("Total", records);
  for (const line of formatTable(summariseByFunction(names, records), total, style)) print(line);
  print();
  for (const [name, counts] of answers) {
    const kinds = [...counts].sort(([, a], [, b]) => b - a).map(([kind, n]) => `${n} ${style.times} ${kind}`);
    print(style.dim(`${name} answered: ${kinds.join(", ")}`));
  }
  print();
  print(style.dim(PRICE_NOTE));
}

/** The failures in the table are meant; whatever isn't makes the program fail. */
function checkOutcome(sent: number, metered: number, { surprises }: Outcome): boolean {
  const problems = [...surprises];
  if (metered !== sent) problems.push(`${sent} invocations were made, but ${metered} metered`);
  if (problems.length === 0) return true;
  console.error(style.red(`\n${problems.length} unexpected:`));
  for (const problem of problems.slice(0, SURPRISES_SHOWN)) console.error(`  ${problem}`);
  return false;
}

process.exitCode = (await main()) ? 0 : 1;
