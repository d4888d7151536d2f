import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "../lib/stats.ts";
import { measureCell } from "./measure.ts";
import type { Cell, Effort, LeftOut } from "./measure.ts";
import { FORK } from "./subjects/fork.ts";
import { ISOLET_IN_PROCESS, ISOLET_PROCESS } from "./subjects/isolet.ts";
import { PISCINA } from "./subjects/piscina.ts";
import { canReadProcesses } from "./process-tree.ts";
import { RAW_ISOLATE } from "./subjects/raw-isolate.ts";
import { SERVERLESS_OFFLINE } from "./subjects/serverless-offline.ts";
import { WORKER_PER_CALL } from "./subjects/worker-per-call.ts";
import { WORKERD, WORKERD_LOADER } from "./subjects/workerd.ts";

export type MemoryKind = "in-process" | "process" | "raw" | "workerd";

/** What one warm function takes, of so many. */
export interface PerFunction {
  readonly functions: number;
  readonly rssMb: number;
  readonly pssMb: number;
}

const KINDS: readonly (readonly [name: string, kind: MemoryKind])[] = [
  [ISOLET_IN_PROCESS, "in-process"],
  [ISOLET_PROCESS, "process"],
  [RAW_ISOLATE, "raw"],
  [WORKERD_LOADER, "workerd"],
];

const LEFT_OUT: readonly LeftOut[] = [
  { peer: PISCINA, reason: "has no functions" },
  { peer: WORKERD, reason: "functions are made by its dynamic loader" },
  { peer: WORKER_PER_CALL, reason: "keeps nothing warm" },
  { peer: FORK, reason: "a thousand processes of 40 MB and more would fill the machine" },
  { peer: SERVERLESS_OFFLINE, reason: "a thousand threads of 10 MB and more would fill the machine" },
];

const PROCESS = fileURLToPath(new URL("./memory-process.ts", import.meta.url));
const PROCESS_LIMIT_MS = 300_000;

const run = promisify(execFile);

export function memoryCellName(measure: "RSS" | "PSS", functions: number): string {
  return `${measure} per warm function, ${functions} of them`;
}

/** Memory of warm functions, in a fresh process for every figure; whole process trees. */
export async function measureMemory(
  effort: Effort,
  kinds: readonly MemoryKind[] = ["in-process", "process", "raw", "workerd"],
): Promise<readonly Cell[]> {
  if (!canReadProcesses()) return [];
  const found = new Map<string, PerFunction[][]>();
  const entrants = KINDS.filter(([, kind]) => kinds.includes(kind)).map(([name, kind]) => ({
    name,
    round: async () => {
      const figures = await measureOnce(kind, effort.functions);
      found.set(name, [...(found.get(name) ?? []), figures]);
      return { value: 0 };
    },
  }));
  // No round is left out: each starts a new process.
  await measureCell({ name: "", unit: "MB" }, entrants, effort.memoryRounds, 0);
  return effort.functions.flatMap((functions, index) =>
    (["RSS", "PSS"] as const).map((measure) => cellOf(measure, functions, index, found)),
  );
}

async function measureOnce(kind: MemoryKind, counts: readonly number[]): Promise<PerFunction[]> {
  const { stdout } = await run(process.execPath, [PROCESS, kind, ...counts.map(String)], {
    timeout: PROCESS_LIMIT_MS,
  });
  return JSON.parse(stdout) as PerFunction[];
}

function cellOf(
  measure: "RSS" | "PSS",
  functions: number,
  index: number,
  found: ReadonlyMap<string, readonly PerFunction[][]>,
): Cell {
  const measured = [...found].map(([peer, figures]) => {
    const rounds = figures.map((each) => each[index]?.[measure === "RSS" ? "rssMb" : "pssMb"] ?? NaN);
    return { peer, value: median(rounds), rounds };
  });
  return { name: memoryCellName(measure, functions), unit: "MB", measured, leftOut: LEFT_OUT };
}
