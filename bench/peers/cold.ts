import { setTimeout as sleep } from "node:timers/promises";
import { Engine } from "isolet";
import { payloadOf } from "../baselines/isolet.ts";
import { median } from "../lib/stats.ts";
import { HANDLERS_MODULE } from "./handlers.ts";
import { measureCell } from "./measure.ts";
import type { Cell, Effort, Entrant, LeftOut } from "./measure.ts";
import { ForkedChild, FORK } from "./subjects/fork.ts";
import { ISOLET_IN_PROCESS, ISOLET_PROCESS } from "./subjects/isolet.ts";
import type { Placement } from "./subjects/isolet.ts";
import { PISCINA } from "./subjects/piscina.ts";
import { PLAIN } from "./subjects/plain.ts";
import { loadQuickJs, QuickJsContext, QUICKJS } from "./subjects/quickjs.ts";
import { openRawIsolate, RAW_ISOLATE } from "./subjects/raw-isolate.ts";
import { SERVERLESS_OFFLINE, ServerlessOffline } from "./subjects/serverless-offline.ts";
import { callInWorker, WORKER_PER_CALL } from "./subjects/worker-per-call.ts";
import { Workerd, WORKERD, WORKERD_LOADER } from "./subjects/workerd.ts";

export const PREPARED = ", prepared";
export const UNPREPARED = ", unprepared";

/** The cells' names. */
export const COLD = "cold start";
export const WARM = "warm call of the same engine";

/** Time to make the next generic environment and to end the last one, so that neither falls into a measurement. */
const SETTLE_MS = 25;

const WARM_FUNCTION = "warm";
const WARM_CALLS = 500;

const EVENT = { id: 1, name: "Ada" };

/** Who has nothing that starts cold, and why. */
const LEFT_OUT: readonly LeftOut[] = [
  { peer: PLAIN, reason: "has no environments" },
  { peer: PISCINA, reason: "has no functions: its threads are shared by everything" },
  { peer: WORKERD, reason: "a new function is a new configuration and a new process" },
];

/** One that can start something cold: `start` resolves when it has answered, with what ends it again. */
interface Starter {
  readonly name: string;
  prepare?(starts: number): Promise<void>;
  start(): Promise<() => void | Promise<void>>;
  close(): Promise<void>;
}

/**
 * From asking for what has no environment yet to its answer; of the isolet engines also a warm call, in each round.
 * `others` are those beside isolet.
 */
export async function measureCold(
  effort: Effort,
  others: readonly OpenStarter[] = OTHERS,
): Promise<readonly Cell[]> {
  const engines: ColdEngine[] = [];
  const starters: Starter[] = [];
  try {
    for (const isolation of ["in-process", "process"] as const) {
      for (const prepared of [2, 0]) engines.push(await ColdEngine.open(isolation, prepared));
    }
    starters.push(...engines);
    for (const open of others) starters.push(await open(effort));
    const cold = await measureCell(
      { name: COLD, unit: "ms", leftOut: LEFT_OUT },
      starters.map((starter) => entrantOf(starter, effort)),
      effort.rounds,
    );
    const warm = engines.map(({ name, warmMs }) => {
      const rounds = warmMs.slice(1);
      return { peer: name, value: median(rounds), rounds };
    });
    return [cold, { name: WARM, unit: "ms", measured: warm, leftOut: [] }];
  } finally {
    await Promise.all([...new Set([...engines, ...starters])].map((starter) => starter.close()));
  }
}

function entrantOf(starter: Starter, { starts }: Effort): Entrant {
  return {
    name: starter.name,
    round: async () => {
      await starter.prepare?.(starts);
      const each: number[] = [];
      for (let index = 0; index < starts; index++) {
        const startMs = performance.now();
        const end = await starter.start();
        each.push(performance.now() - startMs);
        await end();
        await sleep(SETTLE_MS);
      }
      return { value: median(each), each };
    },
  };
}

/** An engine whose every measured invocation is a function's first: functions are deployed for the round before it. */
class ColdEngine implements Starter {
  readonly name: string;
  /** Median of the warm calls before each round, in milliseconds. */
  readonly warmMs: number[] = [];
  readonly #engine: Engine;
  readonly #deployed: string[] = [];
  #count = 0;

  private constructor(name: string, engine: Engine) {
    this.name = name;
    this.#engine = engine;
  }

  static async open(isolation: Placement, prepared: number): Promise<ColdEngine> {
    const engine = new Engine({ isolation, cells: { prepared } });
    await engine.deploy(WARM_FUNCTION, { code: { source: HANDLERS_MODULE }, handler: "index.echo" });
    const placement = isolation === "process" ? ISOLET_PROCESS : ISOLET_IN_PROCESS;
    return new ColdEngine(placement + (prepared > 0 ? PREPARED : UNPREPARED), engine);
  }

  async prepare(starts: number): Promise<void> {
    for (let made = 0; made < starts; made++) {
      const name = `cold-${++this.#count}`;
      await this.#engine.deploy(name, { code: { source: HANDLERS_MODULE }, handler: "index.echo" });
      this.#deployed.push(name);
    }
    const tookMs: number[] = [];
    for (let call = 0; call < WARM_CALLS; call++) {
      const startMs = performance.now();
      await this.#engine.invoke(WARM_FUNCTION, EVENT);
      tookMs.push(performance.now() - startMs);
    }
    this.warmMs.push(median(tookMs));
    await sleep(SETTLE_MS);
  }

  async start(): Promise<() => void> {
    const name = this.#deployed.shift() ?? "";
    payloadOf(await this.#engine.invoke(name, EVENT));
    return () => this.#engine.remove(name);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

type OpenStarter = (effort: Effort) => Promise<Starter>;

const OTHERS: readonly OpenStarter[] = [
  async () => ({
    name: RAW_ISOLATE,
    start: async () => {
      const isolate = await openRawIsolate();
      await isolate.invoke("echo", EVENT);
      return () => isolate.dispose();
    },
    close: async () => undefined,
  }),
  async () => {
    const workerd = await Workerd.open(true);
    let isolates = 0;
    return {
      name: WORKERD_LOADER,
      start: async () => {
        await workerd.invoke(`cold-${++isolates}`, "echo", EVENT);
        return () => undefined;
      },
      close: () => workerd.close(),
    };
  },
  async () => {
    const quickJs = await loadQuickJs();
    return {
      name: QUICKJS,
      start: async () => {
        const context = new QuickJsContext(quickJs);
        await context.invoke("echo", EVENT);
        return () => context.dispose();
      },
      close: async () => undefined,
    };
  },
  async () => ({
    name: WORKER_PER_CALL,
    start: async () => {
      await callInWorker("echo", EVENT);
      return () => undefined;
    },
    close: async () => undefined,
  }),
  async () => ({
    name: FORK,
    start: async () => {
      const child = new ForkedChild();
      await child.invoke("echo", EVENT);
      return () => child.close();
    },
    close: async () => undefined,
  }),
  async ({ rounds, starts }) => {
    const server = await ServerlessOffline.open((rounds + 1) * starts);
    let used = 0;
    return {
      name: SERVERLESS_OFFLINE,
      start: async () => {
        await server.invoke(`spare-${used++}`, EVENT);
        return () => undefined;
      },
      close: () => server.close(),
    };
  },
];
