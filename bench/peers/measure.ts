import { keepBusy } from "../lib/load.ts";
import { interleave } from "../lib/rounds.ts";
import type { Figure } from "../lib/rounds.ts";
import { median, quantile } from "../lib/stats.ts";
import type { Case } from "./cases.ts";
import type { Peer } from "./peer.ts";
import { canReadProcesses, cpuSeconds, processTree } from "./process-tree.ts";

/** How much is done: the whole run takes minutes, a quick one seconds. */
export interface Effort {
  readonly rounds: number;
  /** Length of one window of calls, in milliseconds. */
  readonly windowMs: number;
  /** How long each runs each case before anything is measured, in milliseconds. */
  readonly warmUpMs: number;
  /** Callers beyond which nothing is measured. */
  readonly mostCallers: number;
  /** Cold starts in one round. */
  readonly starts: number;
  /** Warm functions whose memory is looked at, in rising order. */
  readonly functions: readonly number[];
  readonly memoryRounds: number;
}

/** The figure of one who was measured, in one place of the matrix. */
export interface Measured {
  readonly peer: string;
  /** Median of the rounds. */
  readonly value: number;
  /** 99th percentile of all calls of all rounds, where calls are timed one by one. */
  readonly p99?: number;
  /** Of each round, in their order, so that ratios can be made within rounds. */
  readonly rounds: readonly number[];
}

/** Who was left out of it, and why. */
export interface LeftOut {
  readonly peer: string;
  readonly reason: string;
}

/** One question of the matrix with the answers to it. */
export interface Cell {
  readonly name: string;
  readonly unit: string;
  readonly measured: readonly Measured[];
  readonly leftOut: readonly LeftOut[];
}

/** One who takes part in a cell. */
export interface Entrant {
  readonly name: string;
  /** Gives one value for the round and, where calls are timed, what each took. */
  round(): Promise<{ readonly value: number; readonly each?: readonly number[] }>;
}

/** The entrants in turn, round by round; `leftOutRounds` first ones don't count. */
export async function measureCell(
  cell: { readonly name: string; readonly unit: string; readonly leftOut?: readonly LeftOut[] },
  entrants: readonly Entrant[],
  rounds: number,
  leftOutRounds: number = 1,
): Promise<Cell> {
  const each = new Map<string, number[]>(entrants.map(({ name }) => [name, []]));
  let turn = 0;
  const contenders = entrants.map((entrant) => ({
    name: entrant.name,
    round: async (): Promise<Figure> => {
      const counts = turn++ >= leftOutRounds * entrants.length;
      const { value, each: took = [] } = await entrant.round();
      if (counts) for (const one of took) each.get(entrant.name)?.push(one);
      return { value };
    },
  }));
  const found = await interleave(contenders, rounds, leftOutRounds);
  const measured = [...found].map(([peer, figures]): Measured => {
    const values = figures.map(({ value }) => value);
    const took = each.get(peer) ?? [];
    const p99 = took.length > 0 ? { p99: quantile(took, 0.99) } : {};
    return { peer, value: median(values), ...p99, rounds: values };
  });
  return { name: cell.name, unit: cell.unit, measured, leftOut: cell.leftOut ?? [] };
}

/** Calls after which V8 has compiled what they go through, and how many windows a slow peer may take for as many. */
const WARM_UP_CALLS = 60_000;
const WARM_UP_LIMIT = 8;

/** Callers who warm a peer up: as many of these as it takes. */
const WARM_UP_CALLERS = [64, 16, 1];

function fits(callers: number, what: Case, peer: Peer, effort: Effort): boolean {
  if (!what.callers.includes(callers) || callers > effort.mostCallers) return false;
  return peer.refuses?.(what, callers) === undefined;
}

/**
 * Each peer runs each case for a while, longer on a machine so busy that it gets little done: compilers, pools and
 * connections get to where they stay.
 */
export async function warmUp(peers: readonly Peer[], cases: readonly Case[], effort: Effort): Promise<void> {
  for (const peer of peers) {
    for (const what of cases) {
      const callers = WARM_UP_CALLERS.find((count) => fits(count, what, peer, effort));
      if (callers === undefined) continue;
      let calls = 0;
      for (let turn = 0; turn === 0 || (calls < WARM_UP_CALLS && turn < WARM_UP_LIMIT); turn++) {
        await keepBusy(callers, effort.warmUpMs, () => peer.invoke(what.handler, what.event(calls++)));
      }
    }
  }
}

/** What one call takes, of one caller who waits for each. */
export async function measureLatency(what: Case, peers: readonly Peer[], effort: Effort): Promise<Cell> {
  const { able, leftOut } = split(what, 1, peers);
  const entrants = able.map((peer) => ({
    name: peer.name,
    round: async () => {
      const each = await timeFor(effort.windowMs, (id) => peer.invoke(what.handler, what.event(id)));
      return { value: median(each), each };
    },
  }));
  return measureCell({ name: what.name, unit: "µs", leftOut }, entrants, effort.rounds);
}

/** Calls a second, and CPU seconds per million calls, of so many callers who each wait for their own. */
export async function measureThroughput(
  what: Case,
  callers: number,
  peers: readonly Peer[],
  effort: Effort,
): Promise<{ readonly rate: Cell; readonly cpu: Cell }> {
  const { able, leftOut } = split(what, callers, peers);
  const cpu = new Map<string, number[]>(able.map(({ name }) => [name, []]));
  const entrants = able.map((peer) => ({
    name: peer.name,
    round: async () => {
      const { rate, cpuPerMillion } = await load(peer, what, callers, effort.windowMs);
      cpu.get(peer.name)?.push(cpuPerMillion);
      return { value: rate };
    },
  }));
  const name = `${what.name}, ${callers} ${callers === 1 ? "caller" : "callers"}`;
  const rate = await measureCell({ name, unit: "calls/s", leftOut }, entrants, effort.rounds);
  const measured = [...cpu].map(([peer, values]): Measured => {
    const rounds = values.slice(1);
    return { peer, value: median(rounds), rounds };
  });
  const noCpu = able.map((peer) => ({ peer: peer.name, reason: "CPU times are read from Linux's /proc" }));
  const known = canReadProcesses();
  return {
    rate,
    cpu: {
      name,
      unit: "CPU s per million",
      measured: known ? measured : [],
      leftOut: known ? leftOut : noCpu,
    },
  };
}

async function load(
  peer: Peer,
  what: Case,
  callers: number,
  windowMs: number,
): Promise<{ rate: number; cpuPerMillion: number }> {
  const pids = canReadProcesses() ? processTree() : [];
  const before = cpuSeconds(pids);
  let calls = 0;
  const { callsPerSecond } = await keepBusy(callers, windowMs, async (id) => {
    await peer.invoke(what.handler, what.event(id));
    calls++;
  });
  return { rate: callsPerSecond, cpuPerMillion: ((cpuSeconds(pids) - before) / calls) * 1e6 };
}

function split(
  what: Case,
  callers: number,
  peers: readonly Peer[],
): { able: readonly Peer[]; leftOut: readonly LeftOut[] } {
  const leftOut = peers.flatMap((peer) => {
    const reason = peer.refuses?.(what, callers);
    return reason === undefined ? [] : [{ peer: peer.name, reason }];
  });
  return { able: peers.filter(({ name }) => !leftOut.some(({ peer }) => peer === name)), leftOut };
}

/** What each call took in microseconds, one after the other, for so long and at least once. */
async function timeFor(windowMs: number, call: (id: number) => Promise<unknown>): Promise<number[]> {
  const tookUs: number[] = [];
  const endMs = performance.now() + windowMs;
  for (let nowMs = performance.now(); nowMs < endMs;) {
    const startMs = nowMs;
    await call(tookUs.length);
    nowMs = performance.now();
    tookUs.push((nowMs - startMs) * 1_000);
  }
  return tookUs;
}
