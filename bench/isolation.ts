import { setTimeout as sleep } from "node:timers/promises";
import { Engine } from "isolet";
import type { Isolation } from "isolet";
import { HANDLER_MODULE } from "./baselines/handler.ts";
import { openIsolet, payloadOf } from "./baselines/isolet.ts";
import { warmUp, withSubjects } from "./baselines/subject.ts";
import type { EchoSubject } from "./baselines/subject.ts";
import { cellProcesses, rssMbOf } from "./lib/cells.ts";
import { keepBusy } from "./lib/load.ts";
import { atLeast, atMost, scaled } from "./lib/report.ts";
import type { BenchReport, BenchRow, Scale } from "./lib/report.ts";
import { interleave, ratioOf, rowsOf, timeCalls } from "./lib/rounds.ts";
import type { Rounds } from "./lib/rounds.ts";
import { median } from "./lib/stats.ts";

const IN_PROCESS = "in-process";
const PROCESS = "process";

const CALLS = 3_000;
const CALLERS = 64;
const WINDOW_MS = 120;

/** Cells killed for the time a replacement takes. */
const KILLS = 10;

/** For a spare to be there and at rest again. */
const SETTLE_MS = 250;

/** Processes against threads: what an invocation costs, and how soon a killed cell is replaced. */
export async function isolation(scale: Scale): Promise<BenchReport> {
  const speed = await withSubjects([open(IN_PROCESS), open(PROCESS)], async (subjects) => {
    await warmUp(subjects, 1, scale);
    const latency = await latencies(subjects, scale);
    await warmUp(subjects, CALLERS, scale);
    const rates = await throughputs(subjects, scale);
    const cellMb = median(cellProcesses().map(rssMbOf));
    return { latency, rates, cellMb };
  });
  const { latency, rates, cellMb } = speed;
  const without = await replacementMs(0, scale);
  const withSpare = await replacementMs(1, scale);
  return {
    name: "isolation",
    question: "what processes cost beside threads, and how soon a killed one is replaced",
    rounds: scale.rounds,
    rows: [
      ...rowsOf(latency, "µs", [IN_PROCESS], ", one caller"),
      ...rowsOf(rates, "calls/s", [IN_PROCESS], `, ${CALLERS} callers`),
      row("answer from a new cell, no spare", median(without), "ms"),
      row("answer from a new cell, with a spare", median(withSpare), "ms"),
      row("RSS of a process cell in use", cellMb, "MB"),
    ],
    targets: [
      atMost("warm p50 of process against in-process", 1.3, ratioOf(latency, PROCESS, IN_PROCESS), "×"),
      atLeast("throughput at 64 callers of process", 0.8, ratioOf(rates, PROCESS, IN_PROCESS), "×"),
      atMost("replacement without a spare", 100, median(without), "ms"),
      atMost("replacement with a spare", 5, median(withSpare), "ms"),
    ],
    notMeasured: [
      "how long a host takes to see that a cell has died: replacement counts from that moment, which the `error` event tells, to the first answer of the same function from the new cell, its init included",
      "memory that cells share with each other and with the host, such as Node's program: it is in each one's RSS",
      "process-per-tenant, which runs the same cells",
    ],
  };
}

function open(kind: Isolation): () => Promise<EchoSubject> {
  return async () => ({ ...(await openIsolet({ isolation: kind })), name: kind });
}

function latencies(subjects: readonly EchoSubject[], scale: Scale): Promise<Rounds> {
  const calls = scaled(CALLS, scale);
  const contenders = subjects.map((subject) => ({
    name: subject.name,
    round: () => timeCalls(calls, (id) => subject.invoke({ id, name: "Ada" })),
  }));
  return interleave(contenders, scale.rounds);
}

function throughputs(subjects: readonly EchoSubject[], scale: Scale): Promise<Rounds> {
  const contenders = subjects.map((subject) => ({
    name: subject.name,
    round: async () => {
      const windowMs = WINDOW_MS * scale.work;
      const load = await keepBusy(CALLERS, windowMs, (id) => subject.invoke({ id, name: "Ada" }));
      return { value: load.callsPerSecond };
    },
  }));
  return interleave(contenders, scale.rounds);
}

/** From the host's noticing that its only cell has been killed to the answer of an invocation made at that moment. */
async function replacementMs(spares: number, scale: Scale): Promise<number[]> {
  await using engine = new Engine({ isolation: PROCESS, cells: { count: 1, spares } });
  await engine.deploy("echo", { code: { source: HANDLER_MODULE } });
  const tookMs: number[] = [];
  for (let kill = 0; kill < scaled(KILLS, scale); kill++) {
    payloadOf(await engine.invoke("echo", {}));
    await sleep(SETTLE_MS);
    // The one in use is the older one.
    const [cell] = cellProcesses().sort((one, other) => one - other);
    if (cell === undefined) return [NaN];
    const noticed = new Promise((resolve) => void engine.once("error", resolve));
    process.kill(cell, "SIGKILL");
    // Nothing else keeps this process while its cells have nothing to do.
    const alive = setInterval(() => undefined, SETTLE_MS);
    await noticed;
    clearInterval(alive);
    const startMs = performance.now();
    payloadOf(await engine.invoke("echo", {}));
    tookMs.push(performance.now() - startMs);
  }
  return tookMs;
}

const row = (label: string, value: number, unit: string): BenchRow => ({ label, value, unit, ratios: [] });
