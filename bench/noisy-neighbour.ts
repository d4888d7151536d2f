import { setTimeout as sleep } from "node:timers/promises";
import { Engine } from "isolet";
import type { EngineOptions } from "isolet";
import { HANDLER_MODULE } from "./baselines/handler.ts";
import { payloadOf } from "./baselines/isolet.ts";
import { atMost } from "./lib/report.ts";
import type { BenchReport, Scale } from "./lib/report.ts";
import { interleave, rowsOf } from "./lib/rounds.ts";
import type { Contender, Figure, Rounds } from "./lib/rounds.ts";
import { median, quantile } from "./lib/stats.ts";

const ISOLATIONS = ["in-process", "process"] as const;

/** What the neighbour does while the tiny function is invoked. */
const NEIGHBOURS = ["idle", "computing", "overrunning"] as const;

type Isolation = (typeof ISOLATIONS)[number];
type Neighbour = (typeof NEIGHBOURS)[number];

/** How long one invocation of the computing neighbour keeps a CPU busy, in milliseconds. */
const BURN_MS = 100;

/** Limit that the overrunning neighbour runs into every time, in milliseconds. */
const OVERRUN_MS = 200;

/**
 * The tiny function is invoked this often, answered or not: a caller that waits for each answer would hardly notice when
 * it has to wait for long.
 */
const EVERY_MS = 2;

/** Length of one window, in milliseconds. */
const WINDOW_MS = 1_000;

/** By how much the neighbour may raise the tiny function's p99, in milliseconds. */
const LIMIT_MS = 5;

const BURN_MODULE = `export const handler = async ({ ms }) => {
  const end = Date.now() + ms;
  while (Date.now() < end);
};\n`;

/** An engine with the tiny function and its neighbours. */
interface House {
  readonly isolation: Isolation;
  readonly engine: Engine;
}

/** A tiny function's latency while another function burns CPU, against the same while that one is idle. */
export async function noisyNeighbour(scale: Scale): Promise<BenchReport> {
  const houses: House[] = [];
  try {
    for (const isolation of ISOLATIONS) houses.push(await openHouse(isolation));
    const contenders = houses.flatMap((house) => NEIGHBOURS.map((kind) => contender(house, kind, scale)));
    return reportOf(await interleave(contenders, scale.rounds), scale.rounds);
  } finally {
    await Promise.all(houses.map(({ engine }) => engine.close()));
  }
}

async function openHouse(isolation: Isolation): Promise<House> {
  const options: EngineOptions = { isolation, cells: { count: 2 } };
  const engine = new Engine(options);
  await engine.deploy("tiny", { code: { source: HANDLER_MODULE } });
  await engine.deploy("computing", { code: { source: BURN_MODULE } });
  await engine.deploy("overrunning", { code: { source: BURN_MODULE }, timeoutMs: OVERRUN_MS });
  for (let id = 0; id < 2_000; id++) payloadOf(await engine.invoke("tiny", { id }));
  return { isolation, engine };
}

function contender(house: House, kind: Neighbour, scale: Scale): Contender {
  return { name: labelOf(house.isolation, kind), round: () => measure(house, kind, scale) };
}

async function measure({ engine }: House, kind: Neighbour, scale: Scale): Promise<Figure> {
  const stop = new AbortController();
  const neighbour = kind === "idle" ? undefined : keepBusy(engine, kind, stop.signal);
  // What is measured is a neighbour that goes on and on, not how it begins.
  if (neighbour) await sleep(2 * OVERRUN_MS * scale.work);
  const figure = await invokeSteadily(engine, WINDOW_MS * scale.work);
  stop.abort();
  await neighbour;
  return figure;
}

/** Invokes the neighbour back to back. */
async function keepBusy(engine: Engine, kind: Neighbour, stop: AbortSignal): Promise<void> {
  const ms = kind === "computing" ? BURN_MS : 2 * OVERRUN_MS;
  while (!stop.aborted) {
    const { status } = await engine.invoke(kind, { ms });
    const expected = kind === "computing" ? "succeeded" : "failed";
    if (status !== expected) throw new Error(`the ${kind} neighbour ${status}`);
  }
}

async function invokeSteadily(engine: Engine, windowMs: number): Promise<Figure> {
  const tookMs: number[] = [];
  const calls: Promise<void>[] = [];
  const startMs = performance.now();
  for (let nextMs = startMs; nextMs < startMs + windowMs; nextMs += EVERY_MS) {
    const waitMs = nextMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    calls.push(timeOne(engine, tookMs));
  }
  await Promise.all(calls);
  return { value: median(tookMs), p99: quantile(tookMs, 0.99) };
}

async function timeOne(engine: Engine, tookMs: number[]): Promise<void> {
  const startMs = performance.now();
  payloadOf(await engine.invoke("tiny", { id: 1 }));
  tookMs.push(performance.now() - startMs);
}

function reportOf(rounds: Rounds, count: number): BenchReport {
  return {
    name: "noisy-neighbour",
    question: `a tiny function, invoked every ${EVERY_MS} ms, while another one burns CPU continuously`,
    rounds: count,
    rows: rowsOf(rounds, "ms", []),
    targets: ISOLATIONS.flatMap((isolation) =>
      NEIGHBOURS.slice(1).map((kind) =>
        atMost(
          `${isolation}: p99 beyond that with an idle neighbour, ${kind}`,
          LIMIT_MS,
          addedP99(rounds, isolation, kind),
          "ms",
        ),
      ),
    ),
    notMeasured: [
      "how a neighbour begins that was never seen to take long",
      "more neighbours that burn CPU than the machine has CPUs",
      "neighbours that fill memory",
    ],
  };
}

/** The median over the rounds, each with its own idle neighbour in time. */
function addedP99(rounds: Rounds, isolation: Isolation, kind: Neighbour): number {
  const idle = rounds.get(labelOf(isolation, "idle")) ?? [];
  const busy = rounds.get(labelOf(isolation, kind)) ?? [];
  return median(busy.map(({ p99 = NaN }, index) => p99 - (idle[index]?.p99 ?? NaN)));
}

function labelOf(isolation: Isolation, kind: Neighbour): string {
  return `${isolation}, neighbour ${kind}`;
}
