import assert from "node:assert/strict";
import { systemClock } from "../base/clock.ts";
import { SourceError, ThrottledError } from "../base/errors.ts";
import { FakeClock } from "../base/fake-clock.ts";
import { FunctionFailure, RecordingInvoker, type Behaviour } from "./recording-invoker.ts";
import type { EventSource } from "./source.ts";

export { FakeClock } from "../base/fake-clock.ts";
export { FunctionFailure, RecordingInvoker } from "./recording-invoker.ts";
export type { Behaviour, RecordedCall } from "./recording-invoker.ts";
export type { EventSource, SourceContext, SourceLogger } from "./source.ts";
export type { PendingResponse, SourceInvoker } from "../invocation/invoker.ts";

/** A fresh source, not yet started, and the means to make it produce. */
export interface SourceUnderTest {
  readonly source: EventSource;
  /**
   * Causes `count` events, whether the source is started or not: sends requests or messages, advances the clock. Resolves once they have been caused,
   * without waiting for what functions make of them.
   */
  produce(count: number): void | Promise<void>;
  /** Releases what `make` took, such as a server. Called after each check, when the source was stopped. */
  close?(): void | Promise<void>;
}

/** How to get at a source. */
export interface SourceHarness {
  /** Makes a fresh source. `clock` is the one it is started with. */
  make(clock: FakeClock): SourceUnderTest | Promise<SourceUnderTest>;
  /** How long, in real milliseconds, something that must happen may take before the check fails; default 5 000. */
  readonly patienceMs?: number;
}

/** One check of the suite; `run` rejects with an `AssertionError` when the source fails it. */
export interface ConformanceCheck {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * What every event source must do, as a list of checks for any test runner. Each makes its own source.
 *
 * @example
 * for (const check of eventSourceConformance({ make: (clock) => ({ source: mySource(), produce: (n) => … }) })) {
 *   test(check.name, () => check.run());
 * }
 */
export function eventSourceConformance(harness: SourceHarness): readonly ConformanceCheck[] {
  return CHECKS.map(([name, check]) => ({ name, run: () => runCheck(harness, check) }));
}

/** How far the fake clock is moved, at most, to see whether something happens. */
const HORIZON_MS = 3_600_000;

/** The surroundings of one check. */
class Bench {
  readonly clock: FakeClock;
  readonly invoker: RecordingInvoker = new RecordingInvoker();
  readonly abort: AbortController = new AbortController();
  readonly unit: SourceUnderTest;
  readonly #patienceMs: number;

  constructor(unit: SourceUnderTest, clock: FakeClock, patienceMs: number = 5_000) {
    this.unit = unit;
    this.clock = clock;
    this.#patienceMs = patienceMs;
  }

  get source(): EventSource {
    return this.unit.source;
  }

  start(): Promise<void> {
    const { clock, invoker } = this;
    const logger = { debug: ignore, error: ignore };
    return this.within("start()", this.source.start({ clock, invoker, logger, signal: this.abort.signal }));
  }

  async produce(count: number): Promise<void> {
    await this.within("produce()", Promise.resolve(this.unit.produce(count)));
  }

  stop(): Promise<void> {
    return this.within("stop()", this.source.stop());
  }

  /** Starts and produces until an invocation hangs; returns what ends it. */
  async startHanging(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<null>();
    this.invoker.behaviour = () => promise;
    await this.start();
    await this.produce(1);
    await this.reached(1);
    return () => resolve(null);
  }

  /** Waits for the invoker to have been called `count` times, first without and then with the clock moving. */
  async reached(count: number): Promise<void> {
    await turns(100, () => this.invoker.calls.length >= count);
    for (let ms = 0; ms < HORIZON_MS && this.invoker.calls.length < count; ms += 1_000)
      await this.clock.advance(1_000);
    assert.ok(
      this.invoker.calls.length >= count,
      `the invoker was called ${this.invoker.calls.length} times instead of ${count}`,
    );
  }

  /** Turns something that never happens into a failure that says what. */
  within<Value>(what: string, promise: Promise<Value>): Promise<Value> {
    const message = `${what} took more than ${this.#patienceMs} ms`;
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new assert.AssertionError({ message }));
      const timer = systemClock.setTimer(late, this.#patienceMs, true);
      void promise.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  /** Asserts that whatever is caused now, and however much time passes, nothing reaches the invoker. */
  async staysSilent(): Promise<void> {
    const before = this.invoker.calls.length;
    await this.produce(2);
    await turns(100);
    await this.clock.advance(HORIZON_MS);
    assert.equal(this.invoker.calls.length, before, "the source produced although it is stopped");
  }

  holdsNoTimers(): void {
    assert.equal(this.clock.pendingTimers, 0, `the stopped source holds ${this.clock.pendingTimers} timers`);
  }
}

async function runCheck(harness: SourceHarness, check: (bench: Bench) => Promise<void>): Promise<void> {
  const clock = new FakeClock();
  const bench = new Bench(await harness.make(clock), clock, harness.patienceMs);
  try {
    await check(bench);
  } finally {
    bench.abort.abort(new Error("The check is over."));
    await bench.stop();
    await bench.unit.close?.();
  }
}

async function survives(bench: Bench, fault: Behaviour): Promise<void> {
  bench.invoker.behaviour = fault;
  await bench.start();
  await bench.produce(1);
  await bench.reached(1);
  await turns(10);
  bench.invoker.behaviour = () => null;
  const before = bench.invoker.calls.length;
  await bench.produce(1);
  await bench.reached(before + 1);
  await bench.stop();
}

async function refusesStart(bench: Bench): Promise<void> {
  await assert.rejects(
    bench.start(),
    isConflict,
    "start() must reject with a SourceError of code SOURCE_CONFLICT",
  );
}

const CHECKS: readonly (readonly [name: string, check: (bench: Bench) => Promise<void>])[] = [
  ["has a short kind", async (bench) => assert.match(bench.source.kind, /^[a-z][a-z0-9-]{0,31}$/)],
  [
    "hands events to the invoker once started",
    async (bench) => {
      await bench.start();
      await bench.produce(3);
      await bench.reached(1);
      for (const { name, payload } of bench.invoker.calls) {
        assert.ok(name.length > 0, "an invocation names no function");
        assert.notEqual(JSON.stringify(payload), undefined, "an event is not JSON-able");
      }
    },
  ],
  [
    "is started once: a second start is refused and the first goes on",
    async (bench) => {
      await bench.start();
      await refusesStart(bench);
      await bench.produce(1);
      await bench.reached(1);
    },
  ],
  [
    "survives an invoker that refuses",
    (bench) =>
      survives(bench, () => {
        throw new ThrottledError("Refused by the conformance suite.", "BacklogFull", "maxBacklog", 0);
      }),
  ],
  [
    "survives a function that fails",
    (bench) =>
      survives(bench, () => {
        throw new FunctionFailure("Error", "Failed by the conformance suite.");
      }),
  ],
  [
    "waits with stop for what is in flight",
    async (bench) => {
      const finish = await bench.startHanging();
      let stopped = false;
      const stopping = bench.stop().then(() => {
        stopped = true;
      });
      await turns(50);
      assert.equal(stopped, false, "stop() resolved while an invocation was in flight");
      finish();
      await stopping;
    },
  ],
  [
    "has one stop for all callers",
    async (bench) => {
      const finish = await bench.startHanging();
      const first = bench.source.stop();
      assert.equal(bench.source.stop(), first, "a second stop() returned another promise");
      finish();
      await bench.within("stop()", first);
      assert.equal(bench.source.stop(), first, "a late stop() returned another promise");
    },
  ],
  [
    "produces nothing once stopped, and holds no timers",
    async (bench) => {
      await bench.start();
      await bench.produce(1);
      await bench.reached(1);
      await bench.stop();
      bench.holdsNoTimers();
      await bench.staysSilent();
      bench.holdsNoTimers();
    },
  ],
  [
    "can be stopped before it was started",
    async (bench) => {
      await bench.stop();
      await refusesStart(bench);
      await bench.staysSilent();
      bench.holdsNoTimers();
    },
  ],
  [
    "never starts again",
    async (bench) => {
      await bench.start();
      await bench.stop();
      await refusesStart(bench);
      await bench.staysSilent();
    },
  ],
  [
    "gives up what is in flight when the signal aborts",
    async (bench) => {
      await bench.startHanging();
      bench.abort.abort(new Error("The engine closes."));
      await bench.stop();
      bench.holdsNoTimers();
      await bench.staysSilent();
    },
  ],
  [
    "gives up while a stop is waiting",
    async (bench) => {
      await bench.startHanging();
      const stopping = bench.stop();
      bench.abort.abort(new Error("The engine closes."));
      await stopping;
      bench.holdsNoTimers();
    },
  ],
  [
    "doesn't start for an engine that is closing",
    async (bench) => {
      bench.abort.abort(new Error("The engine closes."));
      await bench.start().catch(ignore);
      await bench.staysSilent();
      bench.holdsNoTimers();
    },
  ],
];

function isConflict(error: unknown): boolean {
  return error instanceof SourceError && error.code === "SOURCE_CONFLICT";
}

/** Lets the event loop turn, at most `count` times and no longer than until `done`. */
async function turns(count: number, done: () => boolean = () => false): Promise<void> {
  for (let i = 0; i < count && !done(); i++) await new Promise((resolve) => setImmediate(resolve));
}

function ignore(): void {
  // Faults that a source survives are no news here.
}
