import { transition } from "../base/state-machine.ts";
import type { Invocation } from "../invocation/invocation.ts";
import { readKillReport } from "../invocation/kill-report.ts";
import type { CellAnswer, CellLoss, EnvironmentListener } from "../sandbox/listener.ts";
import type { EndReason, PlacedEnvironment } from "../sandbox/sandbox.ts";
import { completionOf } from "./completions.ts";
import { DebugPort } from "./debug-port.ts";
import { Farewell } from "./farewell.ts";
import { InFlight } from "./in-flight.ts";
import { serveResponses } from "./response-calls.ts";
import type { ResponseCalls } from "./response-calls.ts";
import { Init, initLoss, initOverrun } from "./init.ts";
import { lossKill, lossOf } from "./loss.ts";
import type { EnvironmentEnd, InitFailure } from "./init.ts";
import { Marks } from "./marks.ts";
import type { OwnerOf, PartsOf } from "./parts.ts";
import { ENVIRONMENT_STATES } from "./states.ts";
import type { EnvironmentState } from "./states.ts";

/** Why an environment doesn't get on. */
export type Stall = "computes" | "waits" | "unstarted";

export type EnvironmentOwner = OwnerOf<Environment>;
export type EnvironmentParts = PartsOf<Environment>;

/** One execution environment as the host sees it: reserved, run, released; ended once. */
export class Environment extends Marks implements EnvironmentListener {
  readonly logStreamName: string;
  readonly calls: ResponseCalls;
  readonly debug: DebugPort | undefined;
  readonly #parts: EnvironmentParts;
  readonly #placed: PlacedEnvironment;
  readonly #inFlight: InFlight;
  readonly #init: Init;
  readonly #farewell: Farewell;
  #state: EnvironmentState = "created";
  #reserved = 0;
  /** Why it ends when it has finished what it runs. */
  #drainedFor: EnvironmentEnd = "retired";
  /** Whether its mailbox has been asked for and nothing has got on since. */
  #recalled = false;
  #loss: CellLoss | undefined;

  constructor(parts: EnvironmentParts) {
    super();
    this.#farewell = new Farewell(parts.clock, parts.shutdownMs);
    this.#parts = parts;
    this.logStreamName = parts.logStreamName;
    this.#move("initializing");
    const { sandbox, version, initTimeoutMs, clock, deadlines, isHeavy } = parts;
    const placed = sandbox.create(version, initTimeoutMs, this.logStreamName, this, isHeavy);
    this.#placed = placed;
    const debugHost = parts.debugHost();
    this.debug = debugHost && new DebugPort(debugHost, clock, placed, this.logStreamName);
    this.#inFlight = new InFlight({ clock, deadlines, placed, marks: this, debug: this.debug });
    this.calls = serveResponses(parts, placed, this.#inFlight, () => this.condemn("protocol"));
    this.#init = new Init(deadlines, initTimeoutMs, () => this.#initOverran());
  }

  get state(): EnvironmentState {
    return this.#state;
  }

  /** Invocations it has been reserved for and not released from. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Whether one more invocation may be given to it now. */
  get available(): boolean {
    const isOpen = this.#state === "ready" || this.#state === "busy";
    return isOpen && this.#reserved < this.#parts.concurrency && !this.#placed.isHeld;
  }

  /** What keeps it from getting on: its runs compute, or wait for something, or its cell has not come to them. */
  get stall(): Stall {
    if (!this.#inFlight.haveStarted()) return "unstarted";
    return this.#placed.isRunning() ? "computes" : "waits";
  }

  /** Whether it shares its cell with versions that it should be kept apart from. */
  isMisplaced(isHeavy: boolean): boolean {
    return this.#placed.isMisplaced(isHeavy);
  }

  /** Whether one more may wait in its mailbox, when that may hold `depth`. */
  hasRoom(depth: number): boolean {
    if (this.#state !== "busy" || this.#recalled || this.#placed.isHeld) return false;
    return this.#reserved < this.#parts.concurrency + depth;
  }

  /** Whether invocations wait in its mailbox. */
  get isDeep(): boolean {
    return this.#reserved > this.#parts.concurrency;
  }

  /** Asks for what waits in its mailbox and has not started: it comes by `handedBack`. It takes no more until it gets on. */
  recall(): void {
    if (!this.#recalled) this.#placed.recall();
    this.#recalled = true;
  }

  /** Takes a place in it, at once: whoever holds the place runs exactly one invocation. */
  reserve(): void {
    if (this.#state !== "ready" && this.#state !== "busy")
      throw new Error(`isolet: an environment that is ${this.#state} can't be reserved`);
    this.#reserved++;
    if (this.#state !== "ready") return;
    this.#progress();
    this.#move("busy");
  }

  /** Runs an invocation in a place that was reserved for it. */
  run(invocation: Invocation): void {
    const { request } = invocation;
    const sentMs = this.#parts.clock.monotonicMs();
    invocation.dispatchedMs = sentMs;
    invocation.logStreamName = this.logStreamName;
    invocation.move("dispatched");
    this.#init.claim(invocation);
    const limitMs = Math.max(1, Math.min(request.timeoutMs, request.deadlineAtMs - sentMs));
    const number = this.#placed.invoke(request.requestId, limitMs, request.payload, request.extras);
    this.#inFlight.add(number, invocation, sentMs, limitMs);
    invocation.stop = (outcome) => this.#stop(number, outcome);
  }

  /** Ends it when it has finished what it runs; at once when it is idle. */
  drain(reason: EnvironmentEnd): void {
    if (this.#state !== "ready" && this.#state !== "busy") return;
    this.#move("draining");
    this.#drainedFor = reason;
    if (this.#reserved === 0) this.#leave();
  }

  /** Ends it in good order, if it has something to do at its end: after what it runs, should that end in time. */
  shutDown(reason: EnvironmentEnd): Promise<void> | undefined {
    if (!this.#farewell.isWanted) return undefined;
    if (this.isDeep) this.recall();
    this.drain(reason);
    if (this.#state !== "draining") return undefined;
    if (!this.#farewell.isUnderWay) this.#farewell.await(() => this.condemn(reason));
    return this.#farewell.ended();
  }

  /** Ends it now, whatever it does: nothing it still says counts. */
  condemn(reason: EnvironmentEnd): void {
    this.#placed.dispose();
    this.#end(reason);
  }

  initialized(initMs: number, cpuMs: number, heapBytes: number): void {
    this.#init.succeeded(initMs, cpuMs);
    this.memoryBytes = heapBytes;
    this.#move("ready");
    this.#parts.owner.initialized(this);
    // Nobody was waiting for it: whoever comes later finds it warm.
    if (this.#reserved === 0) this.#init.wasAhead();
  }

  initFailed(reason: EndReason, errorText: string, initMs: number, cpuMs: number, report: string): void {
    const kill = readKillReport(report);
    this.#failInit({ reason, errorText, initMs, cpuMs, ...(kill && { kill }) });
  }

  done(number: number, answer: CellAnswer): void {
    const { durationMs, cpuMs, heapBytes, waited } = answer;
    const flight = this.#inFlight.get(number);
    if (!flight) return;
    if (heapBytes > 0) this.memoryBytes = heapBytes;
    const limits = { timeoutMs: flight.limitMs, responseBytes: this.#parts.responseLimitBytes };
    if (flight.invocation.state === "dispatched") flight.invocation.move("started");
    this.#inFlight.settle(flight, completionOf(flight, limits, answer), this.memoryBytes);
    if (flight.response) this.calls.settled(flight.response);
    this.#progress();
    // What never waited took its CPU time: the rest of its duration the thread spent on something else.
    this.#release(waited ? durationMs : cpuMs, cpuMs);
  }

  returned(number: number): void {
    const flight = this.#inFlight.get(number);
    if (!flight) return;
    const { invocation } = flight;
    this.#inFlight.takeBack(flight);
    // First, so that it isn't overlooked should the environment end with this.
    this.#parts.owner.handedBack(this, invocation);
    this.#release(undefined, 0);
  }

  heldUp(isOwn: boolean, forMs: number): void {
    this.#parts.owner.heldUp(this, isOwn, forMs);
    for (const number of this.#inFlight.numbers()) if (this.#placed.revoke(number)) this.returned(number);
  }

  freed(): void {
    this.#parts.owner.freed(this);
  }

  log(number: number, level: number, text: string, timeMs: number): void {
    const flight = this.#inFlight.get(number);
    if (flight) this.#inFlight.logged(flight, text);
    this.#parts.owner.log(this, flight?.invocation, level, text, timeMs);
  }

  listens(): void {
    this.#farewell.want();
  }

  ended(reason: EndReason, kill: string): void {
    if (this.#farewell.isUnderWay) return this.#dispose();
    this.kill = readKillReport(kill);
    // What it ran was answered before it: the rest has crossed with its word.
    this.#end(reason, () => false);
  }

  retire(): void {
    this.drain("recycled");
  }

  lost(loss: CellLoss): void {
    this.#loss = loss;
    this.kill = lossKill(loss, { durationMs: 0, heapBytes: this.memoryBytes, logLines: [] });
    this.#end("cell-lost");
  }

  tookCell(): void {
    this.#parts.owner.tookCell(this);
  }

  #progress(): void {
    this.progressMs = this.#parts.clock.monotonicMs();
    this.#recalled = false;
  }

  #release(runMs: number | undefined, cpuMs: number): void {
    this.#reserved--;
    if (this.#state === "draining") {
      if (this.#reserved === 0) this.#leave();
    } else if (this.#state === "busy") {
      if (this.#reserved === 0) this.#move("ready");
      this.#parts.owner.released(this, runMs, cpuMs);
    }
  }

  /** Ends it in good order; it has no invocation left. */
  #leave(): void {
    if (this.#farewell.isWanted) this.#farewell.begin(this.#placed, () => this.#dispose());
    else this.#dispose();
  }

  #dispose(): void {
    this.#move("disposed");
    this.#placed.dispose();
    this.#parts.owner.gone(this, this.#drainedFor, []);
  }

  /** Ends an invocation from outside. One that runs can't be ended but with its environment. */
  #stop(number: number, outcome: "aborted" | "throttled"): void {
    const wasIn = this.#inFlight.stop(number, outcome);
    if (wasIn === "run") this.condemn("aborted");
    if (wasIn !== "mailbox") return;
    this.#recalled = true;
    this.#placed.recall();
  }

  #initOverran(): void {
    if (this.#state !== "initializing") return;
    // Its cell judges when it has begun.
    if (this.#placed.isHeldUp || this.debug) return this.#init.wait();
    if (!this.#placed.isRunning() && this.#init.waitABit()) return;
    this.#placed.dispose();
    this.#failInit(initOverrun(this.#parts.initTimeoutMs));
  }

  #failInit(failure: InitFailure): void {
    if (this.#state !== "initializing") return;
    this.#init.ended();
    this.#move("condemned");
    this.#move("disposed");
    this.#parts.owner.initFailed(this, failure);
  }

  #end(reason: EnvironmentEnd, hasStarted = (number: number): boolean => !this.#placed.revoke(number)): void {
    if (this.#state === "disposed") return;
    if (this.#state === "initializing") return this.#failInit(initLoss(reason, this.#loss));
    this.#move("condemned");
    this.#move("disposed");
    const loss = this.#loss;
    const why = loss?.reason ?? `the environment was ended (${reason})`;
    const unstarted = this.#inFlight.end(hasStarted, (lost, known) => lossOf(lost, why, loss, known));
    this.#parts.owner.gone(this, reason, unstarted);
  }

  #move(to: EnvironmentState): void {
    this.#state = transition(ENVIRONMENT_STATES, this.#state, to);
    if (to !== "disposed") return;
    this.calls.close();
    this.debug?.close();
    this.#farewell.over();
  }
}
