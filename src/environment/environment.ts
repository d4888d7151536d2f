import type { Clock } from "../base/clock.ts";
import type { Deadline, Deadlines } from "../base/deadlines.ts";
import { transition } from "../base/state-machine.ts";
import type { EndReason } from "../cell/protocol.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import type { EnvironmentListener } from "../sandbox/host-cell.ts";
import type { PlacedEnvironment, Sandbox, SandboxVersion } from "../sandbox/sandbox.ts";
import { completionOf, lossOf, timeoutOf } from "./completions.ts";
import { ENVIRONMENT_STATES } from "./states.ts";
import type { EnvironmentState } from "./states.ts";

/** Why an environment ended. */
export type EnvironmentEnd = EndReason | "idle" | "budget" | "retired" | "closed" | "cell-lost" | "aborted";

/** How an init failed. */
export interface InitFailure {
  readonly reason: EnvironmentEnd;
  /** JSON of a GuestError. */
  readonly errorText: string;
  readonly initMs: number;
  readonly cpuMs: number;
}

/** Who owns an environment: told of what happens to it, one call each. */
export interface EnvironmentOwner {
  initialized(environment: Environment): void;
  initFailed(environment: Environment, failure: InitFailure): void;
  /** An invocation ended and the environment can take another. `runMs` and `cpuMs` are what its run took. */
  released(environment: Environment, runMs: number, cpuMs: number): void;
  /** An invocation has come back from its mailbox without having started. */
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

/** Slack over the init limit, since the cell may have had others to run first. */
const INIT_GRACE_MS = 500;

/** How soon an invocation is looked at again whose deadline came while it had not started, or was just done. */
const RECHECK_MS = 50;

/** How long a cell may take to say that it has ended an environment over a deadline. */
const EXPIRE_GRACE_MS = 100;

interface InFlight {
  readonly invocation: Invocation;
  readonly sentMs: number;
  readonly limitMs: number;
  deadline: Deadline;
  /** Whether its cell has been told that its time is over. */
  expired: boolean;
}

type HasStarted = (number: number) => boolean;

/** One execution environment as the host sees it: reserved, run, released; ended once. */
export class Environment implements EnvironmentListener {
  readonly logStreamName: string;
  readonly #parts: EnvironmentParts;
  readonly #inFlight = new Map<number, InFlight>();
  readonly #placed: PlacedEnvironment;
  #initDeadline: Deadline | undefined;
  #state: EnvironmentState = "created";
  #reserved = 0;
  #initMs = 0;
  #initCpuMs = 0;
  #fresh = true;
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
    const { sandbox, version, initTimeoutMs, deadlines } = parts;
    this.#placed = sandbox.create(version, initTimeoutMs, parts.logStreamName, this);
    this.#initDeadline = deadlines.set(initTimeoutMs + INIT_GRACE_MS, () => this.#initOverran());
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
    return this.#state === "busy" && this.#reserved < this.#parts.concurrency + depth;
  }

  /** Whether invocations wait in its mailbox. */
  get isDeep(): boolean {
    return this.#reserved > this.#parts.concurrency;
  }

  /** Asks for what waits in its mailbox; each comes back by `handedBack`, unless it has started by then. */
  recall(): void {
    this.#placed.recall();
  }

  /** Takes a place in it, at once: whoever holds the place runs exactly one invocation. */
  reserve(): void {
    if (this.#state !== "ready" && this.#state !== "busy")
      throw new Error(`isolet: an environment that is ${this.#state} can't be reserved`);
    this.#reserved++;
    if (this.#state !== "ready") return;
    this.progressMs = this.#parts.clock.monotonicMs();
    this.#move("busy");
  }

  /** Runs an invocation in a place that was reserved for it. */
  run(invocation: Invocation): void {
    const { clock, deadlines } = this.#parts;
    const { request } = invocation;
    const sentMs = clock.monotonicMs();
    invocation.dispatchedMs = sentMs;
    invocation.logStreamName = this.logStreamName;
    invocation.move("dispatched");
    if (this.#fresh) this.#claimInit(invocation);
    const limitMs = Math.max(1, Math.min(request.timeoutMs, request.deadlineAtMs - sentMs));
    const number = this.#placed.invoke(request.requestId, limitMs, request.payload, request.extras);
    const deadline = deadlines.set(limitMs, () => this.#checkDeadline(number));
    this.#inFlight.set(number, { invocation, sentMs, limitMs, deadline, expired: false });
    invocation.stop = (outcome) => this.#stop(number, outcome);
  }

  /** Ends it when it has finished what it runs; at once when it is idle. */
  drain(reason: EnvironmentEnd): void {
    if (this.#state !== "ready" && this.#state !== "busy") return;
    this.#move("draining");
    if (this.#reserved > 0) return;
    this.#move("disposed");
    this.#placed.dispose();
    this.#parts.owner.gone(this, reason, []);
  }

  /** Ends it now, whatever it does: nothing it still says counts. */
  condemn(reason: EnvironmentEnd): void {
    this.#placed.dispose();
    this.#end(reason);
  }

  initialized(initMs: number, cpuMs: number, heapBytes: number): void {
    this.#cancelInitDeadline();
    this.#initMs = initMs;
    this.#initCpuMs = cpuMs;
    this.#memoryBytes = heapBytes;
    this.#move("ready");
    this.#parts.owner.initialized(this);
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
  ): void {
    const flight = this.#inFlight.get(number);
    if (!flight) return;
    if (heapBytes > 0) this.#memoryBytes = heapBytes;
    const limits = { timeoutMs: flight.limitMs, responseBytes: this.#parts.responseLimitBytes };
    this.#settle(number, flight, completionOf(flight.invocation, limits, outcome, text, durationMs, cpuMs));
    this.progressMs = this.#parts.clock.monotonicMs();
    this.#release(durationMs, cpuMs);
  }

  returned(number: number): void {
    const flight = this.#inFlight.get(number);
    if (!flight) return;
    this.#inFlight.delete(number);
    this.#parts.deadlines.cancel(flight.deadline);
    flight.invocation.stop = undefined;
    this.#reserved--;
    this.#parts.owner.handedBack(this, flight.invocation);
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

  #claimInit(invocation: Invocation): void {
    this.#fresh = false;
    invocation.coldStart = true;
    invocation.initMs += this.#initMs;
    invocation.initCpuMs += this.#initCpuMs;
  }

  #settle(number: number, flight: InFlight, completion: Completion): void {
    this.#inFlight.delete(number);
    this.#parts.deadlines.cancel(flight.deadline);
    flight.invocation.peakMemoryBytes = Math.max(flight.invocation.peakMemoryBytes, this.#memoryBytes);
    flight.invocation.complete(completion);
  }

  #release(runMs: number, cpuMs: number): void {
    this.#reserved--;
    if (this.#state === "draining") {
      if (this.#reserved > 0) return;
      this.#move("disposed");
      this.#placed.dispose();
      this.#parts.owner.gone(this, "retired", []);
    } else if (this.#state === "busy") {
      if (this.#reserved === 0) this.#move("ready");
      this.#parts.owner.released(this, runMs, cpuMs);
    }
  }

  /**
   * The deadline of an invocation may have come. Only the time since its own start counts. The cell is told first, which
   * knows exactly how it ended; who doesn't answer is ended without it.
   */
  #checkDeadline(number: number): void {
    const flight = this.#inFlight.get(number);
    if (!flight) return;
    const progress = this.#placed.progressOf(number);
    const restMs = typeof progress === "number" ? flight.limitMs - progress : RECHECK_MS;
    if (restMs > 0) return this.#checkAfter(restMs, number, flight);
    if (!flight.expired) {
      flight.expired = true;
      this.#placed.expire();
      return this.#checkAfter(EXPIRE_GRACE_MS, number, flight);
    }
    this.#settle(number, flight, timeoutOf(flight.invocation, flight.limitMs, flight.limitMs, 0));
    this.condemn("timeout");
  }

  #checkAfter(afterMs: number, number: number, flight: InFlight): void {
    flight.deadline = this.#parts.deadlines.set(afterMs, () => this.#checkDeadline(number));
  }

  #stop(number: number, outcome: "aborted" | "throttled"): void {
    const flight = this.#inFlight.get(number);
    if (!flight) return;
    const durationMs = this.#parts.clock.monotonicMs() - flight.sentMs;
    this.#settle(number, flight, { outcome, text: "", durationMs, cpuMs: 0 });
    this.condemn("aborted");
  }

  #initOverran(): void {
    this.#initDeadline = undefined;
    if (this.#state !== "initializing") return;
    this.#placed.dispose();
    const { initTimeoutMs } = this.#parts;
    const error = {
      errorType: "Sandbox.Timedout",
      errorMessage: `Error: Init timed out after ${initTimeoutMs} ms`,
    };
    this.#failInit({ reason: "timeout", errorText: JSON.stringify(error), initMs: initTimeoutMs, cpuMs: 0 });
  }

  #failInit(failure: InitFailure): void {
    if (this.#state !== "initializing") return;
    this.#cancelInitDeadline();
    this.#move("condemned");
    this.#move("disposed");
    this.#parts.owner.initFailed(this, failure);
  }

  #cancelInitDeadline(): void {
    if (this.#initDeadline) this.#parts.deadlines.cancel(this.#initDeadline);
    this.#initDeadline = undefined;
  }

  #end(
    reason: EnvironmentEnd,
    hasStarted: HasStarted = (number) => this.#placed.progressOf(number) !== "waiting",
  ): void {
    if (this.#state === "disposed") return;
    if (this.#state === "initializing") {
      this.#failInit({ reason, errorText: this.#lossText(), initMs: 0, cpuMs: 0 });
      return;
    }
    this.#move("condemned");
    this.#move("disposed");
    const unstarted = this.#endInFlight(reason, hasStarted);
    this.#parts.owner.gone(this, reason, unstarted);
  }

  /** What had started fails with the environment; what had not is handed back. */
  #endInFlight(reason: EnvironmentEnd, hasStarted: HasStarted): Invocation[] {
    const unstarted: Invocation[] = [];
    for (const [number, flight] of this.#inFlight) {
      if (!hasStarted(number)) {
        this.#parts.deadlines.cancel(flight.deadline);
        flight.invocation.stop = undefined;
        unstarted.push(flight.invocation);
        continue;
      }
      const durationMs = this.#parts.clock.monotonicMs() - flight.sentMs;
      const why = this.#lostReason || `the environment was ended (${reason})`;
      this.#settle(number, flight, lossOf(flight.invocation, why, durationMs));
    }
    this.#inFlight.clear();
    return unstarted;
  }

  #lossText(): string {
    return JSON.stringify({
      errorType: "Sandbox.CellLost",
      errorMessage: `Error: ${this.#lostReason || "environment ended"}`,
    });
  }

  #move(to: EnvironmentState): void {
    this.#state = transition(ENVIRONMENT_STATES, this.#state, to);
  }
}
