import { expect } from "vitest";
import { AbortedError, ThrottledError } from "../../src/base/errors.ts";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { Scheduler, type SchedulerOptions } from "../../src/scheduler/scheduler.ts";
import { settle } from "./harness.ts";

/** What the model knows of one invocation. */
interface Entry {
  readonly functionName: string;
  readonly priority: number;
  readonly controller: AbortController;
  readonly dueMs: number;
  /** `gone`: taken out while it waited. `ended`: its task has settled. */
  state: "submitted" | "running" | "ended" | "gone";
  settlements: number;
  error: unknown;
  end: (() => void) | undefined;
}

/** Longest delay of a deadline that is due. */
const LATENESS_MS = 20;

/**
 * Drives a scheduler and keeps its own simple account of it: arrays, and a look at all of them for every question.
 * What must hold at every start is checked by the tasks themselves, what must hold at rest by {@link Model.checkAtRest}.
 */
export class Model {
  readonly clock: FakeClock = new FakeClock();
  readonly scheduler: Scheduler;
  readonly reserved = new Map<string, number>();
  readonly #limits: Required<Omit<SchedulerOptions, "clock" | "onThrottle">>;
  readonly #entries: Entry[] = [];
  /** For every waiting function, the starts of each other function of its group since it has been able to start. */
  readonly #passedBy = new Map<string, Map<string, number>>();
  #throttles = 0;
  #atRest = true;
  /** What failed inside a task or a reaction, where throwing would only reject a promise. */
  readonly #failures: unknown[] = [];
  closed = false;

  constructor(limits: Required<Omit<SchedulerOptions, "clock" | "onThrottle">>) {
    this.#limits = limits;
    this.scheduler = new Scheduler({ ...limits, clock: this.clock, onThrottle: () => this.#throttles++ });
  }

  submit(functionName: string, priority: number, deadlineMs: number | undefined): void {
    const couldStart = this.#atRest && this.#couldStart(functionName);
    const throttles = this.#throttles;
    const { queued } = this.scheduler.stats();
    const ofFunction = this.scheduler.functionStats(functionName).queued;
    const waitMs = Math.min(deadlineMs ?? Infinity, this.#limits.queueDeadlineMs);
    const entry: Entry = {
      functionName,
      priority,
      controller: new AbortController(),
      dueMs: this.clock.monotonicMs() + waitMs,
      state: "submitted",
      settlements: 0,
      error: undefined,
      end: undefined,
    };
    this.#entries.push(entry);
    const admission = { functionName, priority, deadlineMs, signal: entry.controller.signal };
    this.scheduler
      .run(admission, () => this.#start(entry))
      .then(
        (value) => {
          expect(value).toBe(this.#entries.indexOf(entry));
          entry.settlements++;
        },
        (error: unknown) => this.#rejected(entry, error),
      );
    expect(this.scheduler.stats().queued).toBeLessThanOrEqual(this.#limits.maxQueued);
    expect(this.scheduler.functionStats(functionName).queued).toBeLessThanOrEqual(
      this.#limits.maxQueuedPerFunction,
    );
    if (couldStart && !this.closed) expect(entry.state).toBe("running");
    // The promise tells of a refusal only later.
    if (this.#throttles === throttles && !this.closed) return;
    expect(entry.state).toBe("submitted");
    entry.state = "gone";
    const isFull = queued >= this.#limits.maxQueued || ofFunction >= this.#limits.maxQueuedPerFunction;
    expect(isFull || this.closed || this.reserved.get(functionName) === 0).toBe(true);
  }

  end(choice: number): void {
    const running = this.#in("running");
    const entry = running[choice % running.length];
    if (!entry) return;
    entry.state = "ended";
    this.#atRest = false;
    entry.end!();
  }

  abort(choice: number): void {
    const alive = [...this.#in("submitted"), ...this.#in("running")];
    const entry = alive[choice % alive.length];
    if (!entry) return;
    this.#atRest = false;
    // One that waits leaves inside the call; one that runs doesn't notice.
    if (entry.state === "submitted") entry.state = "gone";
    entry.controller.abort(entry);
  }

  setReserved(functionName: string, value: number | undefined): void {
    const others = [...this.reserved].reduce((sum, [name, n]) => sum + (name === functionName ? 0 : n), 0);
    const most = this.#limits.accountConcurrency - Math.ceil(this.#limits.accountConcurrency / 10) - others;
    if (value !== undefined && value > most) {
      expect(() => this.scheduler.setReserved(functionName, value)).toThrow("reservedConcurrency");
      return;
    }
    if (value === undefined) this.reserved.delete(functionName);
    else this.reserved.set(functionName, value);
    this.#atRest = false;
    // It may change groups and turns.
    this.#passedBy.clear();
    if (value === 0) for (const entry of this.#waitingOf(functionName)) entry.state = "gone";
    this.scheduler.setReserved(functionName, value);
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.rest();
  }

  close(): void {
    this.closed = true;
    this.#atRest = false;
    for (const entry of this.#in("submitted")) entry.state = "gone";
    this.scheduler.close();
  }

  async rest(): Promise<void> {
    await settle();
    this.#atRest = true;
  }

  /** What must hold whenever nothing is under way. */
  checkAtRest(): void {
    for (const failure of this.#failures) throw failure;
    const waiting = this.#in("submitted");
    const running = this.#in("running");
    expect(this.scheduler.stats()).toMatchObject({ running: running.length, queued: waiting.length });
    for (const { functionName, dueMs } of waiting) {
      // Work is conserved: what waits could not start.
      expect(this.#couldStart(functionName)).toBe(false);
      expect(dueMs + LATENESS_MS).toBeGreaterThan(this.clock.monotonicMs());
      expect(this.#waitingOf(functionName).length).toBeLessThanOrEqual(this.#limits.maxQueuedPerFunction);
    }
    for (const entry of this.#entries) {
      expect(entry.settlements).toBe(entry.state === "ended" || entry.state === "gone" ? 1 : 0);
    }
    const throttled = this.#entries.filter((entry) => entry.error instanceof ThrottledError);
    expect(this.#throttles).toBe(throttled.length);
  }

  /** Ends everything, and checks that nobody was lost. */
  async finish(): Promise<void> {
    const drained = this.scheduler.drain();
    while (this.#in("running").length > 0) {
      this.end(0);
      await this.rest();
      this.checkAtRest();
    }
    await drained;
    expect(this.#in("submitted")).toEqual([]);
    for (const entry of this.#entries) expect(entry.settlements).toBe(1);
    expect(this.scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
  }

  #expecting(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#failures.push(error);
    }
  }

  #start(entry: Entry): Promise<number> {
    this.#expecting(() => this.#checkStart(entry));
    entry.state = "running";
    this.#passedBy.delete(entry.functionName);
    return new Promise((resolve) => {
      entry.end = () => resolve(this.#entries.indexOf(entry));
    });
  }

  #checkStart(entry: Entry): void {
    const { functionName, priority } = entry;
    expect(entry.state).toBe("submitted");
    for (const other of this.#waitingOf(functionName)) {
      const isBefore = this.#entries.indexOf(other) < this.#entries.indexOf(entry);
      const goesFirst = other.priority > priority || (other.priority === priority && isBefore);
      expect(goesFirst && other !== entry).toBe(false);
    }
    // Counts what the test has not ended yet, so it may be ahead of the scheduler but never behind it.
    expect(this.#couldStart(functionName)).toBe(true);
    this.#countTurn(functionName);
  }

  /** No function that can start is passed by twice by the same other one of its group. */
  #countTurn(starting: string): void {
    const isReserved = this.reserved.has(starting);
    for (const name of new Set(this.#in("submitted").map((entry) => entry.functionName))) {
      if (name === starting || this.reserved.has(name) !== isReserved) continue;
      if (!this.#belowOwnLimit(name)) continue;
      const passedBy = this.#passedBy.get(name) ?? new Map<string, number>();
      this.#passedBy.set(name, passedBy.set(starting, (passedBy.get(starting) ?? 0) + 1));
      expect(passedBy.get(starting)).toBeLessThanOrEqual(1);
    }
  }

  #rejected(entry: Entry, error: unknown): void {
    entry.settlements++;
    entry.error = error;
    expect(entry.end).toBeUndefined();
    if (error instanceof AbortedError) expect(error.cause).toBe(entry);
    // Only a deadline comes by itself; every other refusal the model has seen coming.
    if (entry.state === "submitted") {
      expect(error).toMatchObject({ reason: "QueueDeadline" });
      expect(this.clock.monotonicMs()).toBeGreaterThanOrEqual(entry.dueMs);
    }
    entry.state = "gone";
    if (this.#waitingOf(entry.functionName).length === 0) this.#passedBy.delete(entry.functionName);
  }

  #couldStart(functionName: string): boolean {
    const running = this.#in("running");
    if (running.length >= this.#limits.accountConcurrency) return false;
    if (this.reserved.has(functionName)) return this.#belowOwnLimit(functionName);
    const reservedTotal = [...this.reserved.values()].reduce((sum, n) => sum + n, 0);
    const shared = running.filter((entry) => !this.reserved.has(entry.functionName));
    return shared.length < this.#limits.accountConcurrency - reservedTotal;
  }

  #belowOwnLimit(functionName: string): boolean {
    const running = this.#in("running").filter((entry) => entry.functionName === functionName);
    return running.length < (this.reserved.get(functionName) ?? Infinity);
  }

  #waitingOf(functionName: string): Entry[] {
    return this.#in("submitted").filter((entry) => entry.functionName === functionName);
  }

  #in(state: Entry["state"]): Entry[] {
    return this.#entries.filter((entry) => entry.state === state);
  }
}
