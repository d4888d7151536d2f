import type { Clock } from "../base/clock.ts";
import { ToCell, ToHost } from "../cell/protocol.ts";
import type {
  CellMessage,
  CompiledMessage,
  EndReason,
  HostMessage,
  VersionDefinition,
} from "../cell/protocol.ts";
import type { CellLink, Launch, InvocationProgress } from "./link.ts";
import { StuckWatch } from "./stuck-watch.ts";

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
    waited: boolean,
  ): void;
  log(number: number, level: number, text: string, timeMs: number): void;
  /** An invocation that was recalled from the mailbox: it has not started and will not. */
  returned(number: number): void;
  ended(reason: EndReason): void;
  /** The cell is gone, and with it the environment. `lastStarted` tells which invocations had started. */
  lost(reason: string): void;
}

/** Largest invocation number; the next one is 1 again. */
const LAST_NUMBER = 0x7fff_ffff;

interface Placed {
  readonly listener: EnvironmentListener;
  /** Its init and its invocations that the cell has not answered. */
  unanswered: number;
}

/** One cell as the host sees it: sends batches, routes answers to environments, and notices when it no longer answers. */
export class HostCell {
  readonly #onLost: (cell: HostCell, reason: string) => void;
  readonly #link: CellLink;
  readonly #environments = new Map<number, Placed>();
  readonly #defined = new Set<number>();
  readonly #jobs = new Map<number, (message: CompiledMessage | undefined) => void>();
  readonly #stuck: StuckWatch;
  #batch: HostMessage[] = [];
  #number = 0;
  #job = 0;
  #outstanding = 0;
  #ready = false;
  #gone = false;

  constructor(launch: Launch, clock: Clock, onLost: (cell: HostCell, reason: string) => void) {
    this.#onLost = onLost;
    this.#link = launch({
      batch: (messages) => this.#receive(messages),
      exited: (reason) => this.#lose(`the cell ended: ${reason}`),
    });
    this.#link.hold(false);
    this.#stuck = new StuckWatch(
      clock,
      () => this.#link.progress.runningEnvironment(),
      () => this.abandon("a guest in it could not be stopped"),
    );
  }

  /** Environments placed here. */
  get size(): number {
    return this.#environments.size;
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

  create(
    id: number,
    version: number,
    timeoutMs: number,
    stream: string,
    listener: EnvironmentListener,
  ): void {
    const placed: Placed = { listener, unanswered: 0 };
    this.#environments.set(id, placed);
    this.#owe(placed, 1);
    this.#post([ToCell.Create, id, version, timeoutMs, stream]);
  }

  /** Sends an invocation and gives its number. */
  invoke(environment: number, requestId: string, timeoutMs: number, payload: string, extras: string): number {
    this.#number = this.#number === LAST_NUMBER ? 1 : this.#number + 1;
    const placed = this.#environments.get(environment);
    if (placed) this.#owe(placed, 1);
    this.#post([ToCell.Invoke, environment, this.#number, requestId, timeoutMs, payload, extras]);
    return this.#number;
  }

  /** How far an invocation is, read without asking the cell. */
  progressOf(number: number): InvocationProgress {
    return this.#link.progress.invocation(number);
  }

  /** Keeps an invocation from starting; false when it has started. */
  revoke(number: number): boolean {
    return this.#link.progress.revoke(number);
  }

  /** Asks for what waits in an environment's mailbox. */
  recall(environment: number): void {
    if (this.#environments.has(environment)) this.#post([ToCell.Recall, environment]);
  }

  /** Has an environment end that overran a deadline; the cell answers what ran in it. */
  expire(environment: number): void {
    if (this.#environments.has(environment)) this.#post([ToCell.Expire, environment]);
  }

  /** Ends an environment. Nothing it still says counts. */
  dispose(environment: number): void {
    const placed = this.#remove(environment);
    if (!placed) return;
    this.#post([ToCell.Dispose, environment]);
    const isRunning = this.#link.progress.runningEnvironment() === environment;
    if (isRunning || placed.unanswered > 0) this.#post([ToCell.Ping, this.#stuck.add(environment)]);
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
    this.#stuck.stop();
    this.#environments.clear();
    for (const resolve of this.#jobs.values()) resolve(undefined);
    this.#jobs.clear();
    await this.#link.end();
  }

  #post(message: HostMessage): void {
    if (this.#gone) return;
    // Not a microtask: answers of one batch are followed up by chains of promises of different lengths, and what they
    // send should go together.
    if (this.#batch.push(message) === 1) setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    const batch = this.#batch;
    this.#batch = [];
    if (!this.#gone) this.#link.post(batch);
  };

  #owe(placed: Placed, change: 1 | -1): void {
    placed.unanswered += change;
    this.#expect(change);
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
      case ToHost.Done:
        return this.#answered(message[1])?.done(
          message[2],
          message[3],
          message[4],
          message[5],
          message[6],
          message[7],
          message[8],
        );
      case ToHost.Log:
        return this.#environments
          .get(message[1])
          ?.listener.log(message[2], message[3], message[4], message[5]);
      case ToHost.Initialized:
        return this.#answered(message[1])?.initialized(message[2], message[3], message[4]);
      case ToHost.InitFailed:
        return this.#remove(message[1])?.listener.initFailed(message[2], message[3], message[4], message[5]);
      case ToHost.Ended:
        return this.#remove(message[1])?.listener.ended(message[2]);
      case ToHost.Compiled:
        return this.#compiled(message);
      case ToHost.Ready:
        this.#ready = true;
        return;
      case ToHost.Returned:
        return this.#answered(message[1])?.returned(message[2]);
      case ToHost.Pong:
        return this.#stuck.clear(message[1]);
    }
  }

  #answered(environment: number): EnvironmentListener | undefined {
    const placed = this.#environments.get(environment);
    if (placed) this.#owe(placed, -1);
    return placed?.listener;
  }

  /** Forgets an environment, and what it owes. */
  #remove(environment: number): Placed | undefined {
    const placed = this.#environments.get(environment);
    if (!placed) return undefined;
    this.#environments.delete(environment);
    this.#expect(-placed.unanswered);
    return placed;
  }

  #compiled(message: CompiledMessage): void {
    const resolve = this.#jobs.get(message[1]);
    this.#jobs.delete(message[1]);
    if (!resolve) return;
    this.#expect(-1);
    resolve(message);
  }

  #lose(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#stuck.stop();
    this.#link.hold(false);
    const listeners = Array.from(this.#environments.values(), ({ listener }) => listener);
    this.#environments.clear();
    for (const resolve of this.#jobs.values()) resolve(undefined);
    this.#jobs.clear();
    this.#onLost(this, reason);
    for (const listener of listeners) listener.lost(reason);
  }
}
