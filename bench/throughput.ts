import { setTimeout as sleep } from "node:timers/promises";
import { BARE_CELL, openBareCell } from "./baselines/bare-cell.ts";
import { ISOLET, openIsolet } from "./baselines/isolet.ts";
import { openPiscina, PISCINA } from "./baselines/piscina.ts";
import { openRawApply, RAW_APPLY } from "./baselines/raw-apply.ts";
import { warmUp, withSubjects } from "./baselines/subject.ts";
import type { EchoSubject } from "./baselines/subject.ts";
import { keepBusy } from "./lib/load.ts";
import { atLeast, atMost } from "./lib/report.ts";
import type { BenchReport, BenchRow, Scale } from "./lib/report.ts";
import { interleave, ratioOf, rowsOf } from "./lib/rounds.ts";
import type { Rounds } from "./lib/rounds.ts";
import { median } from "./lib/stats.ts";

const CALLERS = [1, 16, 64, 256];

/** The number of callers that the targets are about. */
const TARGET_CALLERS = 64;

/** Length of one window, in milliseconds. */
const WINDOW_MS = 120;

/** The event loop with nothing to do: what its delay is on this machine at this moment. */
const IDLE = "nothing";

interface Level {
  readonly callers: number;
  readonly rates: Rounds;
  /** The event-loop delay p99 of each round in milliseconds, the one that is left out first. */
  readonly delays: ReadonlyMap<string, readonly number[]>;
}

/** Callers that each keep one invocation of the same function outstanding. */
export async function throughput(scale: Scale): Promise<BenchReport> {
  const levels = await withSubjects(
    [openIsolet, openBareCell, openPiscina, openRawApply],
    async (subjects) => {
      const found: Level[] = [];
      await warmUp(subjects, TARGET_CALLERS, scale);
      for (const callers of CALLERS) found.push(await measureLevel(subjects, callers, scale));
      return found;
    },
  );
  return {
    name: "throughput",
    question: "invocations a second of one function, by how many callers wait at once",
    rounds: scale.rounds,
    rows: levels.flatMap(rowsOfLevel),
    targets: levels.filter(({ callers }) => callers === TARGET_CALLERS).flatMap(targetsOf),
    notMeasured: [
      "several functions at once",
      "the callers' own time: they run on the host's thread, as the host's code does",
      "event-loop delay below 1 ms: Node samples it by a timer of 1 ms, which is part of the figure",
    ],
  };
}

async function measureLevel(subjects: readonly EchoSubject[], callers: number, scale: Scale): Promise<Level> {
  const windowMs = WINDOW_MS * scale.work;
  const delays = new Map<string, number[]>();
  const note = (name: string, delayMs: number): void => {
    delays.set(name, [...(delays.get(name) ?? []), delayMs]);
  };
  const contenders = subjects.map((subject) => ({
    name: subject.name,
    round: async () => {
      const load = await keepBusy(callers, windowMs, (id) => subject.invoke({ id, name: "Ada" }));
      note(subject.name, load.delayP99Ms);
      return { value: load.callsPerSecond };
    },
  }));
  const idle = {
    name: IDLE,
    round: async () => {
      const load = await keepBusy(1, windowMs, () => sleep(1));
      note(IDLE, load.delayP99Ms);
      return { value: 0 };
    },
  };
  const all = callers === TARGET_CALLERS ? [...contenders, idle] : contenders;
  const rates = new Map(await interleave(all, scale.rounds));
  rates.delete(IDLE);
  return { callers, rates, delays };
}

function rowsOfLevel({ callers, rates, delays }: Level): BenchRow[] {
  const rows = rowsOf(rates, "calls/s", [BARE_CELL, PISCINA, RAW_APPLY], `, ${callers} callers`);
  if (callers !== TARGET_CALLERS) return rows;
  const delayRows = [...delays].map(([name, delaysMs]) => ({
    label: `${name}, ${callers} callers: event-loop delay p99`,
    value: median(delaysMs.slice(1)),
    unit: "ms",
    ratios: [],
  }));
  return [...rows, ...delayRows];
}

function targetsOf({ rates, delays }: Level): BenchReport["targets"] {
  const delayMs = median((delays.get(ISOLET) ?? []).slice(1));
  return [
    atLeast("throughput at 64 callers against Piscina", 3, ratioOf(rates, ISOLET, PISCINA), "×"),
    atMost("the host's event-loop delay p99 at 64 callers", 5, delayMs, "ms"),
  ];
}
