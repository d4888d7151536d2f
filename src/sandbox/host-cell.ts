import type { Clock } from "../base/clock.ts";
import { ToCell, ToHost } from "../cell/protocol.ts";
import type { CellMessage, CompiledMessage, EndReason, HostMessage, VersionDefinition } from "../cell/protocol.ts";
import type { CellLink, Launch } from "./link.ts";

/** What a cell tells the owner of an environment. */
export interface EnvironmentListener {
  initialized(initMs: number, cpuMs: number, heapBytes: number): void;
  initFailed(reason: EndReason, errorText: string, initMs: number, cpuMs: number): void;
  done(
    number: number,
    outcome: 0 | 1 | 2,
    text: string,
    durationMs: number,
    cpuMs: number,
    heapBytes: number,
  ): void;
  log(number: number, level: number, text: string, timeMs: number): void;
  ended(reason: EndReason): void;
  /** The cell is gone, and with it the environment. `lastStarted` tells which invocations had started. */
  lost(reason: string): void;
}

/** Largest invocation number; the next one is 1 again. */
const LAST_NUMBER = 0x7fff_ffff;

/** How often a suspect is looked at. */
const WATCH_MS = 100;

/** How long an environment that was told to end may go on running before its cell is given up. */
const STUCK_AFTER_MS = 250;

/** One cell as the host sees it: sends batches, routes answers to environments, and notices when it no longer answers. */
export class HostCell {
  readonly #clock: Clock;
  readonly #onLost: (cell: HostCell, reason: string) => void;
  readonly #link: CellLink;
  readonly #listeners = new Map<number, EnvironmentListener>();
  readonly #defined = new Set<number>();
  readonly #jobs = new Map<number, (message: CompiledMessage | undefined) => void>();
  readonly #suspects = new Map<number, number>();
  #batch: HostMessage[] = [];
  #number = 0;
  #job = 0;
  #outstanding = 0;
  #watching = false;
  #ready = false;
  #gone = false;

  constructor(launch: Launch, clock: Clock, onLost: (cell: HostCell, reason: string) => void) {
    this.#clock = clock;
    this.#onLost = onLost;
    this.#link = launch({
      batch: (messages) => this.#receive(messages),
      exited: (reason) => this.#lose(`the cell ended: ${reason}`),
    });
    this.#link.hold(false);
  }

  /** Environments placed here. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Invocations and jobs it has not answered. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** Whether its program has ever answered. */
  get ready(): boolean {
    return this.#ready;
  }

  define(version: number, definition: () => VersionDefinition): void {
    if (this.#defined.has(version)) return;
    this.#defined.add(version);
    this.#post([ToCell.Define, version, definition()]);
  }

  forget(version: number): void {
    if (this.#defined.delete(version)) this.#post([ToCell.Forget, version]);
  }

  create(id: number, version: number, timeoutMs: number, stream: string, listener: EnvironmentListener): void {
    this.#listeners.set(id, listener);
    this.#expect(1);
    this.#post([ToCell.Create, id, version, timeoutMs, stream]);
  }

  /** Sends an invocation and gives its number. */
  invoke(environment: number, requestId: string, timeoutMs: number, payload: string, extras: string): number {
    this.#number = this.#number === LAST_NUMBER ? 1 : this.#number + 1;
    this.#expect(1);
    this.#post([ToCell.Invoke, environment, this.#number, requestId, timeoutMs, payload, extras]);
    return this.#number;
  }

  /** Whether the cell has taken up that invocation, told by numbers that wrap around. */
  hasStarted(number: number): boolean {
    return ((this.#link.progress().lastStarted - number) | 0) >= 0;
  }

  /** Ends an environment; `unanswered` is how many of its invocations will get no answer. */
  dispose(environment: number, unanswered: number): void {
    if (!this.#listeners.delete(environment)) return;
    this.#expect(-unanswered);
    this.#post([ToCell.Dispose, environment]);
    if (this.#link.progress().runningEnvironment === environment) this.#suspect(environment);
  }

  prepare(memoryMb: number, count: number): void {
    this.#post([ToCell.Prepare, memoryMb, count]);
  }

  /** Compiles a source; undefined when the cell is lost over it. */
  compile(
    source: string,
    format: "esm" | "commonjs" | undefined,
    filename: string,
  ): Promise<CompiledMessage | undefined> {
    const job = ++this.#job;
    this.#expect(1);
    this.#post([ToCell.Compile, job, source, format, filename]);
    return new Promise((resolve) => this.#jobs.set(job, resolve));
  }

  /** Gives the cell up and tells every environment in it. */
  abandon(reason: string): void {
    if (this.#gone) return;
    this.#link.abandon();
    this.#lose(reason);
  }

  /** Ends it in good order, environments and all, without a word to their listeners. */
  async end(): Promise<void> {
    this.#gone = true;
    this.#listeners.clear();
    for (const resolve of this.#jobs.values()) resolve(undefined);
    this.#jobs.clear();
    await this.#link.end();
  }

  #post(message: HostMessage): void {
    if (this.#gone) return;
    if (this.#batch.push(message) > 1) return;
    queueMicrotask(() => {
      const batch = this.#batch;
      this.#batch = [];
      if (!this.#gone) this.#link.post(batch);
    });
  }

  /** Keeps the process alive exactly while something is owed. */
  #expect(change: number): void {
    if (change === 0) return;
    const before = this.#outstanding;
    this.#outstanding = Math.max(0, before + change);
    if (before === 0) this.#link.hold(true);
    else if (this.#outstanding === 0) this.#link.hold(false);
  }

  #receive(messages: readonly CellMessage[]): void {
    for (const message of messages) {
      if (this.#gone) return;
      this.#route(message);
    }
  }

  #route(message: CellMessage): void {
    switch (message[0]) {
      case ToHost.Done: {
        const listener = this.#listeners.get(message[1]);
        if (!listener) return;
        this.#expect(-1);
        return listener.done(message[2], message[3], message[4], message[5], message[6], message[7]);
      }
      case ToHost.Log:
        return this.#listeners.get(message[1])?.log(message[2], message[3], message[4], message[5]);
      case ToHost.Initialized:
        if (!this.#listeners.has(message[1])) return;
        this.#expect(-1);
        return this.#listeners.get(message[1])?.initialized(message[2], message[3], message[4]);
      case ToHost.InitFailed:
        return this.#remove(message[1], 1)?.initFailed(message[2], message[3], message[4], message[5]);
      case ToHost.Ended:
        return this.#remove(message[1], 0)?.ended(message[2]);
      case ToHost.Compiled:
        return this.#compiled(message);
      case ToHost.Ready:
        this.#ready = true;
        return;
      default:
        return;
    }
  }

  #remove(environment: number, answers: number): EnvironmentListener | undefined {
    const listener = this.#listeners.get(environment);
    if (!listener) return undefined;
    this.#listeners.delete(environment);
    this.#expect(-answers);
    return listener;
  }

  #compiled(message: CompiledMessage): void {
    const resolve = this.#jobs.get(message[1]);
    this.#jobs.delete(message[1]);
    if (!resolve) return;
    this.#expect(-1);
    resolve(message);
  }

  /** An environment was ended while it ran: it must stop soon, or the thread is lost. */
  #suspect(environment: number): void {
    this.#suspects.set(environment, this.#clock.monotonicMs() + STUCK_AFTER_MS);
    if (this.#watching) return;
    this.#watching = true;
    this.#clock.setTimer(() => this.#watch(), WATCH_MS, true);
  }

  #watch(): void {
    this.#watching = false;
    if (this.#gone) return;
    const { runningEnvironment } = this.#link.progress();
    const nowMs = this.#clock.monotonicMs();
    for (const [environment, untilMs] of this.#suspects) {
      if (runningEnvironment !== environment) this.#suspects.delete(environment);
      else if (nowMs >= untilMs) return this.abandon("a guest in it could not be stopped");
    }
    if (this.#suspects.size === 0) return;
    this.#watching = true;
    this.#clock.setTimer(() => this.#watch(), WATCH_MS, true);
  }

  #lose(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#link.hold(false);
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    for (const resolve of this.#jobs.values()) resolve(undefined);
    this.#jobs.clear();
    this.#onLost(this, reason);
    for (const listener of listeners) listener.lost(reason);
  }
}
