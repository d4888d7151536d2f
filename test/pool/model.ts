import { expect } from "vitest";
import { ToCell, ToHost, type HostMessage } from "../../src/cell/protocol.ts";
import type { Completion, Invocation } from "../../src/invocation/invocation.ts";
import type { PoolParts } from "../../src/pool/parts.ts";
import { makeInvocation } from "../invocation/support.ts";
import { flush, makeVersion, type FakeCell } from "../sandbox/fake-cell.ts";
import { makeListener } from "../sandbox/listener.ts";
import { KEEP_ALIVE_MS, setUpPool } from "./support.ts";

/** An environment of another version, in every cell that the sandbox starts with. */
const NEIGHBOUR_IDS = [1, 2];

/** Whose long run it is when it isn't the pool's; the sandbox need not know it. */
const HOLDER_ID = 1_000_000;

/** After this long everything that a long run keeps from starting has been given to others. */
const RESCUED_MS = 15;

const LOOK_MS = 5;

/** Most invocations in one mailbox. */
const MAILBOX_LIMIT = 64;

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
  /** Since when a long run holds a cell, and whose. */
  readonly #held = new Map<FakeCell, { readonly sinceMs: number; readonly holder: number }>();
  /** Pings that held cells have not got to. */
  readonly #pings: [FakeCell, number][] = [];
  readonly #neighbours: { dispose(): void }[] = [];
  /** Since when there has been a cell that nothing holds, as far as one was held until then. */
  #roomSinceMs = 0;
  #wasHeld = false;
  #wasHeavy = false;
  #retired = false;
  #failedInits = 0;
  empties = 0;

  constructor(limits: ModelLimits, parts: Partial<PoolParts> = {}) {
    this.#limits = limits;
    this.#parts = setUpPool({ ...limits, ...parts }, {}, { cellCount: 2 });
    for (const id of NEIGHBOUR_IDS) {
      this.#neighbours.push(
        this.#parts.sandbox.create(makeVersion(), 1_000, `neighbour-${id}`, makeListener()),
      );
    }
    for (const [index, cell] of this.#parts.cells.entries()) cell.initialized(NEIGHBOUR_IDS[index] ?? 0);
    this.#parts.pool.provision();
  }

  async run(): Promise<void> {
    const { clock, pool } = this.#parts;
    const requestId = `req-${this.#entries.length}`;
    const invocation = makeInvocation({ requestId, timeoutMs: 500, acceptedMs: clock.monotonicMs() });
    const entry: Entry = { invocation, completion: undefined, completions: 0 };
    this.#entries.push(entry);
    const expected = this.#stack.at(-1);
    const free = this.#open().some(({ running }) => running.size < this.#limits.environmentConcurrency);
    void pool.run(invocation).then((completion) => {
      entry.completion = completion;
      entry.completions++;
    });
    // It may have found a place in a mailbox, too.
    if (free) expect(invocation.state).toBe("dispatched");
    await this.sync();
    // Those that were held up come back in an order of their own.
    if (this.#wasHeld || this.#limits.environmentConcurrency > 1 || expected === undefined) return;
    // The one used last; or, where runs are shorter than waking another, one that is busy already.
    const taker = [...this.#environments].find(([, { running }]) => [...running.values()].includes(entry));
    expect(taker?.[0] === expected || (taker?.[1].running.size ?? 0) > 1).toBe(true);
  }

  async initialized(choice: number): Promise<void> {
    const known = pick(this.#able("starting"), choice);
    if (!known) return;
    known.phase = "ready";
    known.cell.initialized(known.id);
    await this.sync();
  }

  async initFailed(choice: number): Promise<void> {
    const known = pick(this.#able("starting"), choice);
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
    const durationMs = choice % 29 === 0 ? 25 : 0.02;
    if (this.#held.has(known.cell)) this.#release(known.cell);
    if (durationMs > 1) this.#wasHeavy = true;
    known.cell.done(known.id, number, "1", 0, durationMs, choice % 3 === 0 ? durationMs : 0);
    await this.sync();
  }

  /** An environment ends by its cell's own doing, having answered what it had taken up. */
  async ended(choice: number): Promise<void> {
    const known = pick(this.#able("ready"), choice);
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
    this.#forgetAll(cell);
    cell.exit();
    await this.sync();
  }

  /** A long run begins: a neighbour's, or one of the pool's own. */
  async hold(choice: number): Promise<void> {
    const cell = pick(
      this.#parts.cells.filter((one) => !this.#lost.has(one) && !this.#held.has(one)),
      choice,
    );
    if (!cell) return;
    const [number, own] = pick(this.#running(), choice) ?? [];
    const isOwn = choice % 2 === 0 && number !== undefined && own?.cell === cell;
    if (isOwn) cell.start(number);
    this.#wasHeavy ||= isOwn;
    const holder = isOwn ? own.id : HOLDER_ID;
    cell.holdBy(holder);
    this.#held.set(cell, { sinceMs: this.#parts.clock.monotonicMs(), holder });
    this.#wasHeld = true;
    await this.advance(choice % 40);
  }

  async release(choice: number): Promise<void> {
    const cell = pick([...this.#held.keys()], choice);
    if (cell) this.#release(cell);
    // Unless it has an answer to give, nobody knows before the next look.
    await this.advance(LOOK_MS);
  }

  #release(cell: FakeCell): void {
    this.#holdsNoMore(cell);
    cell.release();
    const late = this.#pings.filter(([pinged]) => pinged === cell);
    for (const ping of late) {
      this.#pings.splice(this.#pings.indexOf(ping), 1);
      cell.say([ToHost.Pong, ping[1]]);
    }
  }

  #holdsNoMore(cell: FakeCell): void {
    if (this.#held.delete(cell)) this.#roomSinceMs = this.#parts.clock.monotonicMs();
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
    this.#takeRevoked();
    for (const cell of this.#parts.cells) if (cell.ends > 0) this.#forgetAll(cell);
    this.#restack();
  }

  #take(cell: FakeCell, message: HostMessage): void {
    switch (message[0]) {
      case ToCell.Create:
        if (NEIGHBOUR_IDS.includes(message[1])) return;
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
        // Its run is stopped with it.
        if (this.#held.get(cell)?.holder === message[1]) this.#release(cell);
        return;
      }
      case ToCell.Ping:
        if (this.#held.has(cell)) this.#pings.push([cell, message[1]]);
        else cell.say([ToHost.Pong, message[1]]);
        return;
      default:
        return;
    }
  }

  /** What the pool has taken back, or a cell has returned after a long run, will not run there. */
  #takeRevoked(): void {
    for (const { running, cell } of this.#environments.values())
      for (const number of running.keys())
        if (cell.revoked.has(number) || cell.returned.has(number)) running.delete(number);
  }

  #forgetAll(cell: FakeCell): void {
    this.#lost.add(cell);
    this.#holdsNoMore(cell);
    for (const known of this.#environments.values()) if (known.cell === cell) this.#forget(known);
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
      for (const { running } of this.#open())
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
    // One of each kind, and one for each cell that was told to end what it runs.
    expect(clock.pendingTimers).toBeLessThanOrEqual(5 + this.#parts.cells.length);
    this.#checkRescue();
  }

  /** Nothing waits for long behind another version's run, as long as there is a cell to go to. */
  #checkRescue(): void {
    const [[cell, { sinceMs, holder }] = NOTHING_HELD, ...others] = this.#held;
    if (!cell || others.length > 0 || holder !== HOLDER_ID) return;
    const nowMs = this.#parts.clock.monotonicMs();
    for (const known of this.#in("ready").filter((one) => one.cell === cell))
      for (const [number, { invocation }] of known.running) {
        const waitedMs = nowMs - Math.max(sinceMs, this.#roomSinceMs, invocation.dispatchedMs ?? nowMs);
        if (waitedMs >= RESCUED_MS) expect(cell.progress.invocation(number)).not.toBe("waiting");
      }
  }

  /** Lets everything come to its end, and checks that nothing is left. */
  async finish(): Promise<void> {
    while (this.#held.size > 0) await this.release(0);
    for (const neighbour of this.#neighbours) neighbour.dispose();
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

  /** Of those in a phase, those whose cell can do something for them. */
  #able(phase: Known["phase"]): Known[] {
    return this.#in(phase).filter(({ id, cell }) => (this.#held.get(cell)?.holder ?? id) === id);
  }

  /** Those that may take one more. One that is being moved, and so takes none, can't be told while others run in it. */
  #open(): Known[] {
    if (this.#wasHeavy && this.#limits.environmentConcurrency > 1) return [];
    return this.#in("ready").filter(({ cell }) => !this.#held.has(cell));
  }

  #running(): [number, Known][] {
    return this.#able("ready").flatMap((known) =>
      [...known.running.keys()]
        .slice(0, this.#limits.environmentConcurrency)
        .map((number): [number, Known] => [number, known]),
    );
  }
}

const NOTHING_HELD = [undefined, { sinceMs: 0, holder: 0 }] as const;

function pick<Item>(items: readonly Item[], choice: number): Item | undefined {
  return items[choice % Math.max(1, items.length)];
}
