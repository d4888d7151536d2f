import { expect } from "vitest";
import { ToCell, ToHost, type HostMessage } from "../../src/cell/protocol.ts";
import type { Completion, Invocation } from "../../src/invocation/invocation.ts";
import type { PoolParts } from "../../src/pool/pool.ts";
import { makeInvocation } from "../invocation/support.ts";
import { flush, type FakeCell } from "../sandbox/fake-cell.ts";
import { KEEP_ALIVE_MS, setUpPool } from "./support.ts";

/** Most invocations in one mailbox. */
const MAILBOX_LIMIT = 16;

interface Known {
  readonly id: number;
  readonly cell: FakeCell;
  phase: "starting" | "ready" | "gone";
  /** What it was sent and has not answered, in order: the first of them run, the rest are in its mailbox. */
  readonly running: Map<number, Entry>;
}

interface Entry {
  readonly invocation: Invocation;
  completion: Completion | undefined;
  completions: number;
}

export interface ModelLimits {
  readonly environmentConcurrency: number;
  readonly limit: number;
  readonly provisioned: number;
}

/**
 * Plays the cells of a pool and keeps its own account of every environment, from nothing but what the pool sends. What
 * must hold of a message is checked when it arrives, what must hold at rest by {@link PoolModel.checkAtRest}.
 */
export class PoolModel {
  readonly #limits: ModelLimits;
  readonly #parts: ReturnType<typeof setUpPool>;
  readonly #environments = new Map<number, Known>();
  readonly #entries: Entry[] = [];
  readonly #read = new Map<FakeCell, number>();
  /** Ids of those that are idle, the one used last on top; kept only where an environment runs one at a time. */
  readonly #stack: number[] = [];
  readonly #lost = new Set<FakeCell>();
  /** Those whose end the pool had not heard of when it sent what is read next. */
  readonly #crossed = new Set<number>();
  #retired = false;
  #failedInits = 0;
  empties = 0;

  constructor(limits: ModelLimits, parts: Partial<PoolParts> = {}) {
    this.#limits = limits;
    this.#parts = setUpPool({ ...limits, ...parts }, {}, { cellCount: 2 });
    this.#parts.pool.provision();
  }

  async run(): Promise<void> {
    const { clock, pool } = this.#parts;
    const requestId = `req-${this.#entries.length}`;
    const invocation = makeInvocation({ requestId, timeoutMs: 500, acceptedMs: clock.monotonicMs() });
    const entry: Entry = { invocation, completion: undefined, completions: 0 };
    this.#entries.push(entry);
    const expected = this.#stack.at(-1);
    const free = this.#in("ready").some(({ running }) => running.size < this.#limits.environmentConcurrency);
    void pool.run(invocation).then((completion) => {
      entry.completion = completion;
      entry.completions++;
    });
    // It may have found a place in a mailbox, too.
    if (free) expect(invocation.state).toBe("dispatched");
    await this.sync();
    if (this.#limits.environmentConcurrency > 1 || expected === undefined) return;
    expect([...(this.#environments.get(expected)?.running.values() ?? [])]).toContain(entry);
  }

  async initialized(choice: number): Promise<void> {
    const known = pick(this.#in("starting"), choice);
    if (!known) return;
    known.phase = "ready";
    known.cell.initialized(known.id);
    await this.sync();
  }

  async initFailed(choice: number): Promise<void> {
    const known = pick(this.#in("starting"), choice);
    if (!known) return;
    known.phase = "gone";
    this.#failedInits++;
    known.cell.initFailed(known.id);
    await this.sync();
  }

  async start(choice: number): Promise<void> {
    const [number, known] = pick(this.#running(), choice) ?? [];
    if (number !== undefined && known) known.cell.start(number);
  }

  async done(choice: number): Promise<void> {
    await this.advance(choice % 4);
    const [number, known] = pick(this.#running(), choice) ?? [];
    if (number === undefined || !known) return;
    known.cell.start(number);
    known.running.delete(number);
    // Mostly runs so short that it is worth waiting for them.
    const durationMs = choice % 29 === 0 ? 20 : 0.02;
    known.cell.done(known.id, number, "1", 0, durationMs, choice % 3 === 0 ? durationMs : 0);
    await this.sync();
  }

  /** An environment ends by its cell's own doing, having answered what it had taken up. */
  async ended(choice: number): Promise<void> {
    const known = pick(this.#in("ready"), choice);
    if (!known) return;
    const taken = [...known.running].slice(0, choice % (known.running.size + 1));
    for (const [number] of taken) {
      known.running.delete(number);
      known.cell.start(number);
    }
    for (const [number] of taken) known.cell.done(known.id, number);
    this.#forget(known);
    this.#crossed.add(known.id);
    known.cell.ended(known.id);
    await this.sync();
  }

  async loseCell(choice: number): Promise<void> {
    const cell = pick(
      this.#parts.cells.filter((one) => !this.#lost.has(one)),
      choice,
    );
    if (!cell) return;
    cell.ready();
    this.#lost.add(cell);
    for (const known of this.#environments.values()) if (known.cell === cell) this.#forget(known);
    cell.exit();
    await this.sync();
  }

  async abort(choice: number): Promise<void> {
    const entry = pick(
      this.#entries.filter(({ invocation }) => invocation.state !== "completed"),
      choice,
    );
    entry?.invocation.stop?.("aborted");
    if (entry) expect(entry.invocation.state).toBe("completed");
    await this.sync();
  }

  async retire(): Promise<void> {
    if (this.#retired) return;
    this.#retired = true;
    this.#parts.pool.retire();
    this.#parts.pool.onEmpty(() => this.empties++);
    await this.sync();
  }

  async advance(ms: number): Promise<void> {
    await this.#parts.clock.advance(ms);
    await this.sync();
  }

  /** Reads what the pool has sent since, and checks it. */
  async sync(): Promise<void> {
    for (let read = true; read;) {
      await flush();
      read = false;
      for (const cell of this.#parts.cells) {
        const from = this.#read.get(cell) ?? 0;
        this.#read.set(cell, cell.sent.length);
        for (const message of cell.sent.slice(from)) {
          read = true;
          this.#take(cell, message);
        }
      }
    }
    this.#crossed.clear();
    this.#restack();
  }

  #take(cell: FakeCell, message: HostMessage): void {
    switch (message[0]) {
      case ToCell.Create:
        expect(this.#environments.has(message[1])).toBe(false);
        this.#environments.set(message[1], { id: message[1], cell, phase: "starting", running: new Map() });
        return;
      case ToCell.Invoke: {
        const known = this.#environments.get(message[1]);
        if (!known || this.#lost.has(cell) || this.#crossed.has(known.id)) return;
        // Never to one that is not initialised, or condemned, or full.
        expect(known.phase).toBe("ready");
        const entry = this.#entries.find(({ invocation }) => invocation.request.requestId === message[3]);
        if (entry) known.running.set(message[2], entry);
        expect(known.running.size).toBeLessThanOrEqual(this.#limits.environmentConcurrency + MAILBOX_LIMIT);
        return;
      }
      case ToCell.Recall: {
        const { running } = this.#environments.get(message[1]) ?? {};
        for (const number of running?.keys() ?? []) if (cell.returned.has(number)) running?.delete(number);
        return;
      }
      case ToCell.Dispose: {
        const known = this.#environments.get(message[1]);
        if (known) this.#forget(known);
        return;
      }
      case ToCell.Ping:
        return cell.say([ToHost.Pong, message[1]]);
      default:
        return;
    }
  }

  #forget(known: Known): void {
    known.phase = "gone";
    known.running.clear();
  }

  /** Those that have become idle are put on top, those no longer idle are taken out. */
  #restack(): void {
    const idle = this.#in("ready")
      .filter(({ running }) => running.size === 0)
      .map(({ id }) => id);
    const kept = this.#stack.filter((id) => idle.includes(id));
    this.#stack.splice(0, Infinity, ...kept, ...idle.filter((id) => !kept.includes(id)));
  }

  checkAtRest(): void {
    const { pool, clock } = this.#parts;
    const stats = pool.stats();
    const ready = this.#in("ready");
    const busy = ready.filter(({ running }) => running.size > 0).length;
    const waiting = this.#entries.filter(({ invocation }) => invocation.state === "queued").length;
    expect(stats).toEqual({
      starting: this.#in("starting").length,
      idle: ready.length - busy,
      busy,
      waiting,
    });
    // What is sent is in one environment, and nowhere else.
    const sent = ready.flatMap(({ running }) => [...running.values()]);
    expect(new Set(sent).size).toBe(sent.length);
    const dispatched = this.#entries.filter(({ invocation }) => invocation.state === "dispatched");
    expect(sent.filter(({ invocation }) => invocation.state !== "completed").length).toBe(dispatched.length);
    const living = stats.starting + ready.length;
    expect(living).toBeLessThanOrEqual(this.#limits.limit);
    if (waiting > 0) {
      // There is something to wait for, and nothing it could have instead.
      expect(living).toBeGreaterThan(0);
      for (const { running } of ready)
        expect(running.size).toBeGreaterThanOrEqual(this.#limits.environmentConcurrency);
    }
    if (!this.#retired && this.#failedInits === 0) {
      expect(living).toBeGreaterThanOrEqual(this.#limits.provisioned);
    }
    for (const { invocation, completion, completions } of this.#entries) {
      expect(invocation.failedInits).toBeLessThanOrEqual(2);
      if (invocation.failedInits === 2) expect(["failed", "timeout"]).toContain(completion?.outcome);
      expect(completions).toBe(invocation.state === "completed" ? 1 : 0);
    }
    expect(clock.pendingTimers).toBeLessThanOrEqual(4);
  }

  /** Lets everything come to its end, and checks that nothing is left. */
  async finish(): Promise<void> {
    for (let turn = 0; this.#entries.some(({ completion }) => !completion); turn++) {
      expect(turn).toBeLessThan(1_000);
      await this.initialized(0);
      await this.done(0);
    }
    await this.retire();
    while (this.#in("starting").length > 0) await this.initialized(0);
    await this.advance(2 * KEEP_ALIVE_MS);
    const { pool, idle, deadlines, clock, sandbox } = this.#parts;
    expect(pool.stats()).toEqual({ starting: 0, idle: 0, busy: 0, waiting: 0 });
    expect([idle.size, idle.totalBytes, deadlines.size, clock.pendingTimers]).toEqual([0, 0, 0, 0]);
    expect(this.empties).toBe(1);
    for (const cell of sandbox.cells) expect(cell).toEqual({ environments: 0, outstanding: 0 });
    for (const cell of this.#parts.cells) expect(cell.held).toBe(false);
  }

  #in(phase: Known["phase"]): Known[] {
    return [...this.#environments.values()].filter((known) => known.phase === phase);
  }

  #running(): [number, Known][] {
    return this.#in("ready").flatMap((known) =>
      [...known.running.keys()]
        .slice(0, this.#limits.environmentConcurrency)
        .map((number): [number, Known] => [number, known]),
    );
  }
}

function pick<Item>(items: readonly Item[], choice: number): Item | undefined {
  return items[choice % Math.max(1, items.length)];
}
