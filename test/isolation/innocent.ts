import { isDeepStrictEqual } from "node:util";
import type { Engine } from "../../src/index.ts";
import type { InnocentReport } from "./report.ts";

const NAME = "innocent";
const EVERY_MS = 5;
const AT_LEAST = 2;
/** What waits behind an attack must not itself become a flood. */
const AT_MOST = 40;
const CLOSING_BURST = 16;
const PATIENCE_MS = 8_000;

const SOURCE = `
const seen = new Map();
let count = 0;
export const handler = async ({ n, text }) => {
  seen.set(n % 100, text);
  count += 1;
  return { n, text: seen.get(n % 100), length: text.length, counts: count > 0, globals: typeof JSON.parse };
};`;

/** A function that harms nobody, invoked all the while, every answer of which is checked. */
export class Innocent {
  readonly #engine: Engine;
  readonly #inFlight = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #next = 0;
  #sent = 0;
  #correct = 0;
  #wrong: string[] = [];
  #failed: Record<string, number> = {};
  #slowestMs = 0;
  #mostInFlight = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async deploy(): Promise<void> {
    // More environments than cells, so that every cell has some of them.
    await this.#engine.deploy(NAME, {
      code: { source: SOURCE },
      timeoutMs: 10_000,
      memoryMb: 64,
      reservedConcurrency: 8,
    });
  }

  start(): void {
    this.#sent = this.#correct = this.#slowestMs = this.#mostInFlight = 0;
    this.#wrong = [];
    this.#failed = {};
    this.#timer = setInterval(() => this.#keepUp(), EVERY_MS);
    this.#keepUp();
  }

  /** Asks every cell once more, waits for all answers and tells what came of them. */
  async stop(): Promise<InnocentReport> {
    for (let burst = 0; burst < CLOSING_BURST; burst++) this.#send();
    const answered = async (): Promise<void> => {
      while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    };
    await within(PATIENCE_MS, answered());
    clearInterval(this.#timer);
    await within(PATIENCE_MS, answered());
    return {
      sent: this.#sent,
      correct: this.#correct,
      wrong: this.#wrong,
      failed: this.#failed,
      unanswered: this.#inFlight.size,
      slowestMs: this.#slowestMs,
      mostInFlight: this.#mostInFlight,
    };
  }

  #keepUp(): void {
    if (this.#inFlight.size < AT_MOST) this.#send();
    while (this.#inFlight.size < AT_LEAST) this.#send();
  }

  #send(): void {
    const invoked = this.#invoke(this.#next++).finally(() => this.#inFlight.delete(invoked));
    this.#inFlight.add(invoked);
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#inFlight.size);
  }

  async #invoke(n: number): Promise<void> {
    this.#sent++;
    const text = `innocent ${n} ${"ä".repeat(n % 50)}`;
    const right = { n, text, length: text.length, counts: true, globals: "function" };
    const startedMs = performance.now();
    try {
      const result = await this.#engine.invoke(NAME, { n, text });
      if (result.status === "failed") this.#count(result.error.errorType);
      else if (isDeepStrictEqual(result.payload, right)) this.#correct++;
      else this.#wrong.push(JSON.stringify(result.payload));
    } catch (error) {
      this.#count(`rejected: ${String(error)}`);
    }
    this.#slowestMs = Math.max(this.#slowestMs, performance.now() - startedMs);
  }

  #count(errorType: string): void {
    this.#failed[errorType] = (this.#failed[errorType] ?? 0) + 1;
  }
}

/** Waits for `done`, but no longer than `limitMs`. */
async function within(limitMs: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
