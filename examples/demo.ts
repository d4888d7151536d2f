/** Deploys functions, sends them their events at once, and reports. What `npm start` does with the examples. */
import { Engine, type MeterRecord } from "isolet";
import { PRICE_NOTE } from "./report/pricing.ts";
import { createProgress } from "./report/progress.ts";
import { type Output, type Style, styleFor } from "./report/style.ts";
import { summarise, summariseByFunction } from "./report/summary.ts";
import { formatTable } from "./report/table.ts";
import { type Outcome, runCalls } from "./run.ts";
import { type Exercise, mixedCalls } from "./workload.ts";

const CALLERS = 32;
const SURPRISES_SHOWN = 10;

/** Resolves with true when every call ended as expected: in success, or in the failure it was made for. */
export async function runDemo(exercises: readonly Exercise[], output: Output): Promise<boolean> {
  const style = styleFor(output);
  const print = (...lines: readonly string[]): void => {
    for (const line of lines) output.write(`${line}\n`);
  };
  const records: MeterRecord[] = [];
  await using engine = new Engine();
  engine.on("meter", (record) => records.push(record));

  const names = exercises.map(({ name }) => name);
  const deployed = stopwatch();
  for (const { name, settings } of exercises) await engine.deploy(name, settings);
  print(`Deployed ${names.length} functions in ${deployed()}: ${names.join(", ")}`);

  const calls = mixedCalls(exercises);
  print(`Sending ${calls.length} events with ${CALLERS} callers at once`);
  const plan = new Map(exercises.map(({ name, samples }) => [name, samples.length]));
  const sent = stopwatch();
  const progress = createProgress(plan, output, style);
  const outcome = await runCalls(engine, calls, CALLERS, (name) => progress.advance(name));
  await engine.drain();
  progress.finish();
  print(style.green(`Done: ${records.length} invocations in ${sent()}`), "");

  print(...formatTable(summariseByFunction(names, records), summarise("Total", records), style), "");
  print(...answerLines(names, outcome, style), "", style.dim(PRICE_NOTE));
  const problems = problemsOf(outcome, calls.length, records.length);
  print(...problemLines(problems, style));
  return problems.length === 0;
}

/** How long it has run, whenever asked: `0.42 s`. */
function stopwatch(): () => string {
  const startMs = performance.now();
  return () => `${((performance.now() - startMs) / 1_000).toFixed(2)} s`;
}

function answerLines(names: readonly string[], { answers }: Outcome, style: Style): readonly string[] {
  return names.map((name) => {
    const kinds = [...(answers.get(name) ?? [])].sort(([, a], [, b]) => b - a);
    return style.dim(
      `${name}: ${kinds.map(([kind, count]) => `${count} ${style.times} ${kind}`).join(", ")}`,
    );
  });
}

/** The failures in the table are meant; these are not. */
function problemsOf({ surprises }: Outcome, made: number, metered: number): readonly string[] {
  return made === metered
    ? surprises
    : [...surprises, `${made} invocations were made, but ${metered} metered`];
}

function problemLines(problems: readonly string[], style: Style): readonly string[] {
  if (problems.length === 0) return [];
  const shown = problems.slice(0, SURPRISES_SHOWN).map((problem) => `  ${problem}`);
  return ["", style.red(`${problems.length} unexpected:`), ...shown];
}
