import { setTimeout as sleep } from "node:timers/promises";
import { Engine, IsoletError } from "../../src/index.ts";
import { SoakAccount } from "./account.ts";
import { SOAK_FUNCTIONS } from "./functions.ts";
import type { SoakFunction } from "./functions.ts";
import { cells, processFacts } from "./processes.ts";
import type { ProcessFacts } from "./processes.ts";

/** Time between two kills of a cell: uniformly less than this. */
const KILL_WITHIN_MS = 800;

/** Share of the time after which the process counts as warm. */
const WARM_SHARE = 0.3;

/** How much larger than when it was warm the process may be at the end, with everything answered. */
export const TOLERANCE: ProcessFacts = { rssMb: 64, files: 12, children: 2 };

/** Longest wait for what is outstanding at the end: the longest time limit, and some. */
const SETTLE_MS = 30_000;

/** For cells to be replaced and the collector to have its turn. */
const REST_MS = 1_000;

export interface SoakProgress {
  readonly seconds: number;
  readonly invocations: number;
  readonly lost: number;
  readonly kills: number;
  readonly faults: number;
  readonly now: ProcessFacts;
}

export interface SoakReport extends SoakProgress {
  readonly ends: SoakAccount["ends"];
  readonly warm: ProcessFacts;
  /** The first of what must not be, in words. */
  readonly told: readonly string[];
}

/** Functions of all kinds in an engine, whose cells are killed at random meanwhile. */
export class Soak {
  readonly #account = new SoakAccount();
  readonly #startMs = performance.now();
  #requests = 0;
  #kills = 0;
  #isOver = false;

  async run(forMs: number): Promise<SoakReport> {
    const engine = new Engine({ isolation: "process", requestIds: () => String(this.#requests++) });
    engine.on("meter", (record) => this.#account.meter(record));
    engine.on("log", (record) => this.#account.log(record));
    engine.on("error", () => undefined);
    for (const { name, source, timeoutMs } of SOAK_FUNCTIONS)
      await engine.deploy(nameOf(name), { code: { source }, timeoutMs, limits: { logLines: 100 } });
    const callers = SOAK_FUNCTIONS.flatMap((called) =>
      Array.from({ length: called.callers }, () => this.#call(engine, called)),
    );
    const killer = this.#killCells();
    await sleep(forMs * WARM_SHARE);
    const warm = await this.#restingFacts();
    await sleep(forMs * (1 - WARM_SHARE));
    this.#isOver = true;
    await Promise.race([Promise.all([...callers, killer]), sleep(SETTLE_MS, undefined, { ref: false })]);
    const now = await this.#restingFacts();
    await engine.close();
    this.#account.close();
    this.#compare(warm, now);
    return { ...this.progress(), now, warm, ends: this.#account.ends, told: this.#account.faults };
  }

  progress(): SoakProgress {
    const { made, lost, faultCount } = this.#account;
    const seconds = (performance.now() - this.#startMs) / 1_000;
    return { seconds, invocations: made, lost, kills: this.#kills, faults: faultCount, now: processFacts() };
  }

  async #call(engine: Engine, called: SoakFunction): Promise<void> {
    while (!this.#isOver) {
      const id = this.#account.begin();
      const [errorType, answered] = await invoke(engine, called, id);
      this.#account.end(called, id, errorType, answered);
      await sleep(Math.random() * 2 * called.pauseMs);
    }
  }

  async #killCells(): Promise<void> {
    while (!this.#isOver) {
      await sleep(Math.random() * KILL_WITHIN_MS);
      const all = cells();
      const victim = all[Math.floor(Math.random() * all.length)];
      if (victim === undefined) continue;
      try {
        process.kill(victim, "SIGKILL");
        this.#kills++;
      } catch {
        // It has been replaced this very moment.
      }
    }
  }

  /** The least of some looks: what lies about only for the moment doesn't count. */
  async #restingFacts(): Promise<ProcessFacts> {
    const looks: ProcessFacts[] = [];
    for (let look = 0; look < 5; look++) {
      await sleep(REST_MS / 5);
      looks.push(processFacts());
    }
    const least = (field: keyof ProcessFacts): number => Math.min(...looks.map((facts) => facts[field]));
    return { rssMb: least("rssMb"), files: least("files"), children: least("children") };
  }

  #compare(warm: ProcessFacts, end: ProcessFacts): void {
    for (const field of ["rssMb", "files", "children"] as const) {
      const grown = end[field] - warm[field];
      if (grown > TOLERANCE[field]) this.#account.fault(`${field} grew by ${Math.round(grown)}`);
    }
  }
}

/** How it ended: an error type unless it succeeded, and the id it answered. */
async function invoke(
  engine: Engine,
  { name }: SoakFunction,
  id: number,
): Promise<readonly [errorType: string | undefined, answered?: unknown]> {
  try {
    const result = await engine.invoke<{ id: number }>(nameOf(name), { id });
    return result.status === "succeeded" ? [undefined, result.payload.id] : [result.error.errorType];
  } catch (error) {
    return [error instanceof IsoletError ? `rejected: ${error.code} ${error.message}` : String(error)];
  }
}

function nameOf(name: string): string {
  return name.replaceAll(" ", "-");
}
