import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { atMost, scaled } from "./lib/report.ts";
import type { BenchReport, Scale } from "./lib/report.ts";
import { interleave, rowsOf } from "./lib/rounds.ts";
import type { Contender } from "./lib/rounds.ts";
import { median } from "./lib/stats.ts";

const ENVIRONMENTS = 1_000;

/** Fewer would be lost in what else the process's memory does. */
const FEWEST = 20;

const BARE = "bare isolate";
const ISOLET = "isolet environment";

/** Rounds that fill the memory again from nothing take seconds and give the same figure to a few percent. */
const MOST_ROUNDS = 3;

const PROCESS = fileURLToPath(new URL("./density-process.ts", import.meta.url));
const PROCESS_LIMIT_MS = 60_000;

const run = promisify(execFile);

/** Memory of idle environments, each of which has run once, in a process of its own for every round. */
export async function density(scale: Scale): Promise<BenchReport> {
  const count = Math.max(FEWEST, scaled(ENVIRONMENTS, scale));
  const measured = Math.min(scale.rounds, MOST_ROUNDS);
  // No round is left out: each starts a new process.
  const rounds = await interleave(
    [contender(ISOLET, "isolet", count), contender(BARE, "bare", count)],
    measured,
    0,
  );
  const isoletMb = median((rounds.get(ISOLET) ?? []).map(({ value }) => value));
  return {
    name: "density",
    question: `resident memory (RSS) of one idle environment, of ${count} that have each run once`,
    rounds: measured,
    rows: rowsOf(rounds, "MB", [BARE]),
    targets: [atMost("RSS per idle environment", 1.5, isoletMb, "MB")],
    notMeasured: [
      "functions with code or state of their own",
      "the engine's threads themselves: about 10 MB each, once",
    ],
  };
}

function contender(name: string, kind: "isolet" | "bare", count: number): Contender {
  return {
    name,
    round: async () => {
      const { stdout } = await run(process.execPath, [PROCESS, kind, String(count)], {
        timeout: PROCESS_LIMIT_MS,
      });
      return { value: Number(stdout) };
    },
  };
}
