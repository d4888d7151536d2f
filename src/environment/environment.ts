import type { Clock } from "../base/clock.ts";
import type { Deadlines } from "../base/deadlines.ts";
import { transition } from "../base/state-machine.ts";
import type { Invocation } from "../invocation/invocation.ts";
import type { EnvironmentListener } from "../sandbox/host-cell.ts";
import type { EndReason, PlacedEnvironment, Sandbox, SandboxVersion } from "../sandbox/sandbox.ts";
import { completionOf } from "./completions.ts";
import { InFlight } from "./in-flight.ts";
import { Init, initLoss, initOverrun } from "./init.ts";
import type { EnvironmentEnd, InitFailure } from "./init.ts";
import { ENVIRONMENT_STATES } from "./states.ts";
import type { EnvironmentState } from "./states.ts";

/** Who owns an environment: told of what happens to it, one call each. */
export interface EnvironmentOwner {
  initialized(environment: Environment): void;
  initFailed(environment: Environment, failure: InitFailure): void;
  /** The environment can take another. `runMs` and `cpuMs` are what a run took; undefined when none has ended. */
  released(environment: Environment, runMs: number | undefined, cpuMs: number): void;
  /** An invocation has come back from its mailbox without having started; it may have been completed meanwhile. */
  handedBack(environment: Environment, invocation: Invocation): void;
  /** It will take no more; `unstarted` are invocations that were sent to it and had not started. */
  gone(environment: Environment, reason: EnvironmentEnd, unstarted: readonly Invocation[]): void;
  log(
    environment: Environment,
    invocation: Invocation | undefined,
    level: number,
    text: string,
    timeMs: number,
  ): void;
}

/** What an environment is made of. */
export interface EnvironmentParts {
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly owner: EnvironmentOwner;
  readonly version: SandboxVersion;
  /** Invocations it may run at once. */
  readonly concurrency: number;
  readonly initTimeoutMs: number;
  /** Largest response in UTF-8 bytes. The guest keeps to it; this is where it is enforced. */
  readonly responseLimitBytes: number;
  readonly logStreamName: string;
}

/** One execution environment as the host sees it: reserved, run, released; ended once. */
export class Environment implements EnvironmentListener {
  readonly logStreamName: string;
  readonly #parts: EnvironmentParts;
  readonly #placed: PlacedEnvironment;
  readonly #inFlight: InFlight;
  readonly #init: Init;
  #state: EnvironmentState = "created";
  #reserved = 0;
  /** Whether its mailbox has been asked for and nothing has got on since. */
  #recalled = false;
  #memoryBytes = 0;
  #lostReason = "";
  /** When it last became idle, on the monotonic scale. Kept by the idle list. */
  idleSinceMs = 0;
  /** When it was last seen to get on, on the monotonic scale: it was given work while idle, or finished some. */
  progressMs = 0;
  /** Whether its pool has it among those with a free place. */
  listed = false;
  /** Memory that the engine's budget counts for it. */
  accountedBytes = 0;

  constructor(parts: EnvironmentParts) {
    this.#parts = parts;
    this.logStreamName = parts.logStreamName;
    this.#move("initializing");
    const { sandbox, version, initTimeoutMs, clock, deadlines } = parts;
    const placed = sandbox.create(version, initTimeoutMs, parts.logStreamName, this);
    this.#placed = placed;
    const onOverdue = (reason: EnvironmentEnd): void => this.condemn(reason);
    this.#inFlight = new InFlight({ clock, deadlines, placed, onOverdue });
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
    return (this.#state === "ready" || this.#state === "busy") && this.#reserved < this.#parts.concurrency;
  }

  /** Memory it was last seen to use. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Whether one more may wait in its mailbox, when that may hold `depth`. */
  hasRoom(depth: number): boolean {
    return this.#state === "busy" && !this.#recalled && this.#reserved < this.#parts.concurrency + depth;
  }

  /** Whether invocations wait in its mailbox. */
  get isDeep(): boolean {
    return this.#reserved > this.#parts.concurrency;
  }

  /**
   * Asks for what waits in its mailbox; each comes back by `handedBack`, unless it has started by then. The mailbox takes
   * no more until the environment gets on.
   */
  recall(): void {
    if (this.#recalled) return;
    this.#recalled = true;
    this.#placed.recall();
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
    if (this.#reserved === 0) this.#dispose(reason);
  }

  /** Ends it now, whatever it does: nothing it still says counts. */
  condemn(reason: EnvironmentEnd): void {
    this.#placed.dispose();
    this.#end(reason);
  }

  initialized(initMs: number, cpuMs: number, heapBytes: number): void {
    this.#init.succeeded(initMs, cpuMs);
    this.#memoryBytes = heapBytes;
    this.#move("ready");
    this.#parts.owner.initialized(this);
    // Nobody was waiting for it: whoever comes later finds it warm.
    if (this.#reserved === 0) this.#init.wasAhead();
  }

  initFailed(reason: EndReason, errorText: string, initMs: number, cpuMs: number): void {
    this.#failInit({ reason, errorText, initMs, cpuMs });
  }

  done(
    number: number,
    outcome: 0 | 1 | 2,
    text: string,
    durationMs: number,
    cpuMs: number,
    heapBytes: number,
    waited: boolean,
  ): void {
    const flight = this.#inFlight.get(number);
    if (!flight) return;
    if (heapBytes > 0) this.#memoryBytes = heapBytes;
    const limits = { timeoutMs: flight.limitMs, responseBytes: this.#parts.responseLimitBytes };
    if (flight.invocation.state === "dispatched") flight.invocation.move("started");
    const completion = completionOf(flight.invocation, limits, outcome, text, durationMs, cpuMs);
    this.#inFlight.settle(number, flight, completion, this.#memoryBytes);
    this.#progress();
    // What never waited took its CPU time: the rest of its duration the thread spent on something else.
    this.#release(waited ? durationMs : cpuMs, cpuMs);
  }

  returned(number: number): void {
    const flight = this.#inFlight.get(number);
    if (!flight) return;
    const { invocation } = flight;
    this.#inFlight.takeBack(number, flight);
    // First, so that it isn't overlooked should the environment end with this.
    this.#parts.owner.handedBack(this, invocation);
    this.#release(undefined, 0);
  }

  log(number: number, level: number, text: string, timeMs: number): void {
    this.#parts.owner.log(this, this.#inFlight.get(number)?.invocation, level, text, timeMs);
  }

  ended(reason: EndReason): void {
    // The cell has answered what it ran before it said so: the rest has crossed with its word.
    this.#end(reason, () => false);
  }

  lost(reason: string): void {
    this.#lostReason = reason;
    this.#end("cell-lost");
  }

  #progress(): void {
    this.progressMs = this.#parts.clock.monotonicMs();
    this.#recalled = false;
  }

  #release(runMs: number | undefined, cpuMs: number): void {
    this.#reserved--;
    if (this.#state === "draining") {
      if (this.#reserved === 0) this.#dispose("retired");
    } else if (this.#state === "busy") {
      if (this.#reserved === 0) this.#move("ready");
      this.#parts.owner.released(this, runMs, cpuMs);
    }
  }

  /** Ends it in good order; it has nothing left to do. */
  #dispose(reason: EnvironmentEnd): void {
    this.#move("disposed");
    this.#placed.dispose();
    this.#parts.owner.gone(this, reason, []);
  }

  /** Ends an invocation from outside. One that runs can't be ended but with its environment. */
  #stop(number: number, outcome: "aborted" | "throttled"): void {
    const flight = this.#inFlight.get(number);
    if (!flight) return;
    const durationMs = this.#parts.clock.monotonicMs() - flight.sentMs;
    if (this.#inFlight.waits(number)) {
      this.#inFlight.abandon(number, flight, { outcome, text: "", durationMs: 0, cpuMs: 0 });
      this.#recalled = true;
      this.#placed.recall();
      return;
    }
    const completion = { outcome, text: "", durationMs, cpuMs: 0 };
    this.#inFlight.settle(number, flight, completion, this.#memoryBytes);
    this.condemn("aborted");
  }

  #initOverran(): void {
    if (this.#state !== "initializing") return;
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
    if (this.#state === "initializing") {
      return this.#failInit(initLoss(reason, this.#lostReason || "environment ended"));
    }
    this.#move("condemned");
    this.#move("disposed");
    const why = this.#lostReason || `the environment was ended (${reason})`;
    const unstarted = this.#inFlight.end(hasStarted, why, this.#memoryBytes);
    this.#parts.owner.gone(this, reason, unstarted);
  }

  #move(to: EnvironmentState): void {
    this.#state = transition(ENVIRONMENT_STATES, this.#state, to);
  }
}
