import type { Clock } from "../base/clock.ts";
import { ToCell, ToHost } from "../cell/protocol.ts";
import type {
  CellMessage,
  CompiledMessage,
  HostMessage,
  VersionDefinition,
  WordToEnvironment,
} from "../cell/protocol.ts";
import type { Passed } from "../invocation/kill-report.ts";
import { CompileJobs } from "./compile-jobs.ts";
import { Hold } from "./hold.ts";
import type { CellLink, InvocationProgress, Launch, RunningGuest } from "./link.ts";
import type { EnvironmentListener, LossCause } from "./listener.ts";
import { Outgoing } from "./outgoing.ts";
import { Residents } from "./residents.ts";
import type { Resident } from "./residents.ts";
import { StuckWatch } from "./stuck-watch.ts";
import { tell } from "./tell.ts";
import type { EnvironmentMessage } from "./tell.ts";

/** Told of what becomes of a cell. */
export interface CellOwner {
  /** It is no more. */
  lost(cell: HostCell, cause: LossCause, reason: string): void;
  /** Its last environment has ended. */
  emptied(cell: HostCell): void;
  /** It owes an answer, and did not before. */
  owes(cell: HostCell): void;
}

/** One cell as the host sees it: sends batches, routes answers to environments, and notices when it no longer answers. */
export class HostCell {
  readonly residents: Residents = new Residents();
  /** The long run that holds its thread, if one does. */
  readonly hold: Hold;
  readonly #owner: CellOwner;
  readonly #link: CellLink;
  readonly #defined = new Set<number>();
  readonly #jobs = new CompileJobs();
  readonly #stuck: StuckWatch;
  readonly #outgoing: Outgoing;
  #served = 0;
  #outstanding = 0;
  #ready = false;
  #retired = false;
  #gone = false;

  constructor(launch: Launch, clock: Clock, owner: CellOwner) {
    this.#owner = owner;
    this.#link = launch({
      batch: (messages) => this.#receive(messages),
      exited: (reason, cause) => this.#lose(cause, reason),
    });
    this.#link.hold(false);
    this.#outgoing = new Outgoing((batch) => this.#link.post(batch));
    this.hold = new Hold(this.#link.progress, this.residents);
    this.#stuck = new StuckWatch({
      clock,
      patienceMs: this.#link.patienceMs,
      running: () => this.running?.environment ?? 0,
      onStuck: (culprit) => {
        this.abandon("stuck", "a guest in it could not be stopped");
        culprit.tookCell();
      },
    });
  }

  /** Environments placed here. */
  get size(): number {
    return this.residents.size;
  }

  /** Invocations and jobs it has not answered. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** Invocations it has been given since it started. */
  get served(): number {
    return this.#served;
  }

  /** Memory that it alone takes, in bytes; 0 when that can't be told. */
  get memoryBytes(): number {
    return this.#link.memoryBytes();
  }

  /** What holds its thread. */
  get running(): RunningGuest | undefined {
    return this.#link.progress.running();
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
    memoryMb?: number,
  ): void {
    this.#owe(this.residents.add(id, version, listener, memoryMb), 1);
    this.#post([ToCell.Create, id, version, timeoutMs, stream]);
  }

  /** Sends an invocation and gives its number. */
  invoke(environment: number, requestId: string, timeoutMs: number, payload: string, extras: string): number {
    const number = this.#outgoing.nextNumber();
    this.#served++;
    const hasNothingToDo = this.#outstanding === 0;
    const resident = this.residents.get(environment);
    if (resident) this.#owe(resident, 1);
    this.#post([ToCell.Invoke, environment, number, requestId, timeoutMs, payload, extras]);
    // Nothing is gained by waiting for more: it can begin, and a lone caller is spared the rest of the turn.
    if (hasNothingToDo) this.#outgoing.sendAlone();
    return number;
  }

  /** How far an invocation is, read without asking the cell. */
  progressOf(number: number): InvocationProgress {
    return this.#link.progress.invocation(number);
  }

  /** Keeps an invocation from starting; false when it has started. */
  revoke(number: number): boolean {
    return this.#link.progress.revoke(number);
  }

  /** Says something to an environment that is here. */
  say(message: WordToEnvironment): void {
    if (this.residents.get(message[1])) this.#post(message);
  }

  /** Ends an environment. Nothing it still says counts. */
  dispose(environment: number): void {
    const placed = this.#remove(environment);
    if (!placed) return;
    this.#post([ToCell.Dispose, environment]);
    const isRunning = this.running?.environment === environment;
    if (isRunning || placed.unanswered > 0)
      this.#post([ToCell.Ping, this.#stuck.add(environment, placed.listener)]);
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
    const { job, answer } = this.#jobs.add();
    this.#expect(1);
    this.#post([ToCell.Compile, job, source, format, filename]);
    return answer;
  }

  /** Has its environments end as they become idle, and ends with the last of them. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    for (const { listener } of this.residents.list()) listener.retire();
    this.#endIfEmpty();
  }

  /** Gives the cell up and tells every environment in it; `passed` is the limit over which it is. */
  abandon(cause: LossCause, reason: string, passed?: Passed): void {
    if (this.#gone) return;
    this.#link.abandon();
    this.#lose(cause, reason, passed);
  }

  /** Ends it in good order, environments and all, without a word to their listeners. */
  async end(): Promise<void> {
    this.#gone = true;
    this.#stuck.stop();
    this.#outgoing.stop();
    this.residents.clear();
    this.#jobs.loseAll();
    await this.#link.end();
  }

  #post(message: HostMessage): void {
    this.#outgoing.add(message);
  }

  #owe(resident: Resident, change: 1 | -1): void {
    resident.unanswered += change;
    this.#expect(change);
  }

  /** Keeps the process alive exactly while something is owed. */
  #expect(change: number): void {
    if (change === 0) return;
    const before = this.#outstanding;
    this.#outstanding = Math.max(0, before + change);
    if (before === 0) {
      this.#link.hold(true);
      this.#owner.owes(this);
    } else if (this.#outstanding === 0) this.#link.hold(false);
  }

  #receive(messages: readonly CellMessage[]): void {
    this.#outgoing.heard();
    // A flood of log lines is sent from within a run, all else between two.
    if (this.hold.isOn && messages.some(([kind]) => kind !== ToHost.Log)) this.hold.over();
    for (const message of messages) if (!this.#gone) this.#route(message);
  }

  #route(message: CellMessage): void {
    switch (message[0]) {
      case ToHost.Done:
      case ToHost.Initialized:
      case ToHost.Returned:
        return this.#answered(message);
      case ToHost.InitFailed:
      case ToHost.Ended:
        return this.#ended(message);
      case ToHost.Compiled:
        if (this.#jobs.answered(message)) this.#expect(-1);
        return;
      case ToHost.Ready:
        this.#ready = true;
        return;
      case ToHost.Pong:
        return this.#stuck.clear(message[1]);
      default:
        this.#said(message);
    }
  }

  #said(message: EnvironmentMessage): void {
    const resident = this.residents.get(message[1]);
    if (resident) tell(resident.listener, message);
  }

  #answered(message: EnvironmentMessage): void {
    const resident = this.residents.get(message[1]);
    if (!resident) return;
    this.#owe(resident, -1);
    tell(resident.listener, message);
  }

  #ended(message: EnvironmentMessage): void {
    const resident = this.#remove(message[1]);
    if (resident) tell(resident.listener, message);
  }

  /** Forgets an environment, and what it owes. */
  #remove(environment: number): Resident | undefined {
    const placed = this.residents.remove(environment);
    if (!placed) return undefined;
    this.#expect(-placed.unanswered);
    this.#endIfEmpty();
    return placed;
  }

  #endIfEmpty(): void {
    if (this.residents.size > 0) return;
    // Its owner may retire it for being empty, which comes by here again.
    const wasRetired = this.#retired;
    this.#owner.emptied(this);
    // Whoever is ending an environment has a word to say to it yet.
    if (wasRetired) setImmediate(() => void this.end());
  }

  #lose(cause: LossCause, reason: string, passed?: Passed): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#stuck.stop();
    this.#outgoing.stop();
    this.#link.hold(false);
    const tellAll = this.residents.losing({ cause, reason, passed }, this.running?.environment);
    this.residents.clear();
    this.#jobs.loseAll();
    this.#owner.lost(this, cause, reason);
    tellAll();
  }
}
