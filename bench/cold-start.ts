import { setTimeout as sleep } from "node:timers/promises";
import { Engine } from "isolet";
import { BareIsolate } from "./baselines/bare-isolate.ts";
import { HANDLER_MODULE } from "./baselines/handler.ts";
import { payloadOf } from "./baselines/isolet.ts";
import { atMost, scaled } from "./lib/report.ts";
import type { BenchReport, Scale } from "./lib/report.ts";
import { interleave, ratioOf, rowsOf } from "./lib/rounds.ts";
import type { Contender, Figure, Rounds } from "./lib/rounds.ts";
import { median, quantile } from "./lib/stats.ts";

/** Cold starts of each contender in one round. */
const STARTS = 10;

/** Time to make the next generic environment and to end the last one, so that neither falls into a measurement. */
const SETTLE_MS = 25;

/** A function that is warm all the time, and how often it is invoked before a round. */
const WARM = "warm";
const WARM_CALLS = 1_000;

const BARE = "bare isolate";
const UNPREPARED = "isolet, nothing prepared";
const PREPARED = "isolet, prepared";
const LARGE = "isolet, prepared, a module of 200 KB";
const PAUSED = "isolet, a warm call after the same pause";

/** Functions of a large module; a quarter of them are called. */
const LARGE_FUNCTIONS = 1_500;

/** From `invoke` of a function that has no environment to its result. */
export async function coldStart(scale: Scale): Promise<BenchReport> {
  const starts = scaled(STARTS, scale);
  const unprepared = await ColdEngine.open(UNPREPARED, 0, starts);
  const prepared = await ColdEngine.open(PREPARED, 2, starts);
  const large = await ColdEngine.open(LARGE, 2, starts, largeModule());
  const bare: Contender = { name: BARE, round: () => measureStarts(starts, startBare) };
  const paused: Contender = { name: PAUSED, round: () => prepared.warmRound() };
  const rounds = await interleave([unprepared, bare, prepared, paused, large], scale.rounds).finally(() =>
    Promise.all([unprepared, prepared, large].map((engine) => engine.close())),
  );
  return {
    name: "cold-start",
    question: "from invoking a function that has no environment to its result",
    rounds: scale.rounds,
    rows: rowsOf(rounds, "ms", [BARE]),
    targets: [
      atMost("cold start p50 against a bare isolate", 1.5, ratioOf(rounds, UNPREPARED, BARE), "×"),
      atMost("the same, environments prepared ahead", 0.5, ratioOf(rounds, PREPARED, BARE), "×"),
      atMost(
        "that, more than a warm call after the same pause",
        1,
        differenceOf(rounds, PREPARED, PAUSED),
        "ms",
      ),
    ],
    notMeasured: [
      "the start of the engine's threads and the first compile of the guest runtime, once per engine",
      "bundling and deploying",
      "bursts of cold starts, which outrun what is prepared",
      "functions whose init does much",
    ],
  };
}

/** Of the rounds' medians, the median of what `name` took more than `other`. */
function differenceOf(rounds: Rounds, name: string, other: string): number {
  const others = rounds.get(other) ?? [];
  return median(
    (rounds.get(name) ?? []).map(({ value }, round) => value - (others[round] ?? { value: NaN }).value),
  );
}

/** A module as bundlers make them: many functions of which an invocation needs some. */
function largeModule(): string {
  const functions = Array.from({ length: LARGE_FUNCTIONS }, (_, index) => {
    const body = `const list = [${index}, n].map((each) => each * 2); return list.length > 1 ? list[0] + list[1] : n;`;
    return `function step${index}(n) { if (n === undefined) return ${index}; ${body} }\n`;
  });
  const calls = Array.from({ length: LARGE_FUNCTIONS / 4 }, (_, index) => `step${index * 4}(1)`);
  return `${functions.join("")}export const handler = async (event) => ({ ...event, seen: ${calls.join(" + ")} > 0 });\n`;
}

/** Times one start; what it gives ends what was started. */
type Start = (index: number) => Promise<() => void | Promise<void>>;

async function measureStarts(starts: number, start: Start): Promise<Figure> {
  const tookMs: number[] = [];
  for (let index = 0; index < starts; index++) {
    const startMs = performance.now();
    const end = await start(index);
    tookMs.push(performance.now() - startMs);
    await end();
    await sleep(SETTLE_MS);
  }
  return { value: median(tookMs), p99: quantile(tookMs, 0.99) };
}

/** Isolate, context, the user's code compiled and run, first call: on the calling thread, with no runtime of any kind. */
async function startBare(): Promise<() => void> {
  let answer: unknown;
  const isolate = new BareIsolate((_number, text) => {
    answer = JSON.parse(text);
  });
  isolate.run(1, JSON.stringify({ id: 1, name: "Ada" }));
  if (answer === undefined) throw new Error("the bare isolate has not answered within its run");
  return () => isolate.dispose();
}

/** An engine whose every measured invocation is a function's first: functions are deployed for the round before it. */
class ColdEngine implements Contender {
  readonly name: string;
  readonly #engine: Engine;
  readonly #starts: number;
  readonly #source: string;
  #round = 0;

  private constructor(name: string, engine: Engine, starts: number, source: string) {
    this.name = name;
    this.#engine = engine;
    this.#starts = starts;
    this.#source = source;
  }

  static async open(
    name: string,
    prepared: number,
    starts: number,
    source: string = HANDLER_MODULE,
  ): Promise<ColdEngine> {
    const engine = new Engine({ cells: { prepared } });
    await engine.deploy(WARM, { code: { source: HANDLER_MODULE } });
    return new ColdEngine(name, engine, starts, source);
  }

  async round(): Promise<Figure> {
    const round = ++this.#round;
    const nameOf = (index: number): string => `cold-${round}-${index}`;
    for (let index = 0; index < this.#starts; index++) {
      await this.#engine.deploy(nameOf(index), { code: { source: this.#source } });
    }
    await this.#warmUp();
    return measureStarts(this.#starts, async (index) => {
      const result = await this.#engine.invoke(nameOf(index), { id: index, name: "Ada" });
      payloadOf(result);
      return () => this.#engine.remove(nameOf(index));
    });
  }

  /** Calls of what is warm, each after the pause that there is before a cold start. */
  async warmRound(): Promise<Figure> {
    await this.#warmUp();
    return measureStarts(this.#starts, async (index) => {
      payloadOf(await this.#engine.invoke(WARM, { id: index, name: "Ada" }));
      return () => undefined;
    });
  }

  /** The host's own code then runs as in a host that serves: V8 compiles it only after some hundred calls. */
  async #warmUp(): Promise<void> {
    for (let index = 0; index < WARM_CALLS; index++)
      await this.#engine.invoke(WARM, { id: index, name: "Ada" });
    await sleep(SETTLE_MS);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
