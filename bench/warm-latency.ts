import { BARE_CELL, openBareCell } from "./baselines/bare-cell.ts";
import { ISOLET, openIsolet } from "./baselines/isolet.ts";
import { openPiscina, PISCINA } from "./baselines/piscina.ts";
import { openRawApply, RAW_APPLY } from "./baselines/raw-apply.ts";
import { warmUp, withSubjects } from "./baselines/subject.ts";
import { atMost, scaled } from "./lib/report.ts";
import type { BenchReport, Scale } from "./lib/report.ts";
import { interleave, ratioOf, rowsOf, timeCalls } from "./lib/rounds.ts";

/** Calls of each contender in one round. */
const CALLS = 3_000;

/** One caller, one invocation after the other, on a warm environment. */
export async function warmLatency(scale: Scale): Promise<BenchReport> {
  const calls = scaled(CALLS, scale);
  const rounds = await withSubjects(
    [openIsolet, openBareCell, openPiscina, openRawApply],
    async (subjects) => {
      await warmUp(subjects, 1, scale);
      const contenders = subjects.map((subject) => ({
        name: subject.name,
        round: () => timeCalls(calls, (id) => subject.invoke({ id, name: "Ada" })),
      }));
      return interleave(contenders, scale.rounds);
    },
  );
  return {
    name: "warm-latency",
    question: "how long one invocation takes, one at a time, on a warm environment",
    rounds: scale.rounds,
    rows: rowsOf(rounds, "µs", [BARE_CELL, PISCINA, RAW_APPLY]),
    targets: [
      atMost("warm p50 against the bare cell", 1.3, ratioOf(rounds, ISOLET, BARE_CELL), "×"),
      atMost("warm p50 against Piscina", 1.5, ratioOf(rounds, ISOLET, PISCINA), "×"),
    ],
    notMeasured: [
      "listeners: nobody hears the meter or the log",
      "handlers that wait or compute",
      "payloads above a few bytes (see payload)",
    ],
  };
}
