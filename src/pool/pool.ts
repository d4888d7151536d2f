import type { Clock, Timer } from "../base/clock.ts";
import type { Deadlines } from "../base/deadlines.ts";
import { IsoletError, PlatformError } from "../base/errors.ts";
import { Environment } from "../environment/environment.ts";
import type { EnvironmentEnd, EnvironmentOwner, InitFailure } from "../environment/environment.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import type { Sandbox, SandboxVersion } from "../sandbox/sandbox.ts";
import { countFailedInit } from "./failed-init.ts";
import type { IdleList } from "./idle-list.ts";
import { coldStartsNeeded } from "./scaling.ts";
import { WaitingLine } from "./waiting-line.ts";

/** The longest wait for a warm environment that is not worth a cold start: a quarter of what one takes. */
const TOLERABLE_WAIT_MS = 0.5;

/** After this long in the line an invocation gets an environment of its own, whatever recent durations promised. */
const PATIENCE_MS = 5;

/** Weight of the newest observation in the running mean of hold times. */
const HOLD_WEIGHT = 0.1;

/** What a pool is told of its environments beyond what it does about it. */
export interface PoolListener {
  started(environment: Environment, pool: Pool): void;
  ended(environment: Environment, pool: Pool, reason: EnvironmentEnd): void;
  initFailed(environment: Environment, pool: Pool, failure: InitFailure): void;
  log: EnvironmentOwner["log"];
}

/** What a pool is made of. */
export interface PoolParts {
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly idle: IdleList;
  readonly version: SandboxVersion;
  /** Invocations one environment may run at once. */
  readonly environmentConcurrency: number;
  /** Most environments at once. */
  readonly limit: number;
  readonly provisioned: number;
  readonly initTimeoutMs: number;
  readonly timeoutMs: number;
  readonly responseLimitBytes: number;
  readonly newLogStream: () => string;
  readonly listener: PoolListener;
}

/** Counts of a pool at one moment. */
export interface PoolStats {
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
  readonly waiting: number;
}

/**
 * The environments of one function version. An invocation takes a warm one, last used first; else it waits for
 * whichever comes first, one that is freed or a cold one made for it. Places are taken synchronously, never looked at
 * and taken later.
 */
export class Pool implements EnvironmentOwner {
  readonly #parts: PoolParts;
  /** Those with a free place; the one used last on top. */
  readonly #available: Environment[] = [];
  readonly #all = new Set<Environment>();
  readonly #waiting = new WaitingLine();
  #starting = 0;
  #retired = false;
  #closed = false;
  #recentHoldMs: number | undefined;
  #patience: Timer | undefined;
  #whenEmpty: (() => void) | undefined;

  constructor(parts: PoolParts) {
    this.#parts = parts;
  }

  stats(): PoolStats {
    let busy = 0;
    for (const environment of this.#all) if (environment.reserved > 0) busy++;
    const idle = this.#all.size - this.#starting - busy;
    return { starting: this.#starting, idle, busy, waiting: this.#waiting.size };
  }

  /** Starts what provisioned concurrency asks for and is missing. */
  provision(): void {
    if (this.#retired) return;
    this.#start(this.#parts.provisioned - this.#all.size);
  }

  run(invocation: Invocation): Promise<Completion> {
    const environment = this.#available.at(-1);
    if (environment) this.#give(environment, invocation);
    else this.#wait(invocation);
    return invocation.completion;
  }

  /** A newer version has taken over: environments end as soon as they have nothing to do. */
  retire(): void {
    this.#retired = true;
    for (const environment of [...this.#available])
      if (environment.reserved === 0) environment.drain("retired");
  }

  /** Calls `callback` once, when the pool has no environment and nothing waits for one. */
  onEmpty(callback: () => void): void {
    this.#whenEmpty = callback;
    this.#checkEmpty();
  }

  /** Ends every environment now. What runs is lost, what waits stays unanswered. */
  close(reason: EnvironmentEnd): void {
    this.#retired = true;
    this.#closed = true;
    this.#patience?.cancel();
    for (const environment of [...this.#all]) environment.condemn(reason);
  }

  initialized(environment: Environment): void {
    this.#starting--;
    this.#parts.idle.account(environment);
    this.#parts.listener.started(environment, this);
    this.#offer(environment);
  }

  initFailed(environment: Environment, failure: InitFailure): void {
    this.#starting--;
    this.#all.delete(environment);
    this.#parts.listener.initFailed(environment, this, failure);
    const first = this.#waiting.peek();
    if (first && countFailedInit(first, failure, environment.logStreamName)) this.#waiting.gone();
    this.#scale();
    // A lost cell says nothing about the function: its next init may well succeed.
    if (failure.reason === "cell-lost") this.provision();
    this.#checkEmpty();
  }

  released(environment: Environment): void {
    this.#observeHold(this.#parts.clock.monotonicMs() - environment.heldSinceMs);
    this.#parts.idle.account(environment);
    this.#offer(environment);
  }

  gone(environment: Environment, reason: EnvironmentEnd, unstarted: readonly Invocation[]): void {
    this.#all.delete(environment);
    this.#withdraw(environment);
    this.#parts.idle.forget(environment);
    this.#parts.listener.ended(environment, this, reason);
    for (const invocation of [...unstarted].reverse()) this.#putBack(invocation);
    this.#serve();
    this.#scale();
    if (reason !== "closed") this.provision();
    this.#checkEmpty();
  }

  readonly log: EnvironmentOwner["log"] = (...line) => this.#parts.listener.log(...line);

  /** An environment has a free place: the one waiting longest gets it, else it is idle or stays available. */
  #offer(environment: Environment): void {
    if (!environment.listed) {
      environment.listed = true;
      this.#available.push(environment);
    }
    this.#serve();
    if (environment.reserved === 0) this.#rest(environment);
  }

  /** Gives free places to those that wait, longest first. */
  #serve(): void {
    for (let environment = this.#available.at(-1); environment; environment = this.#available.at(-1)) {
      const waiting = this.#waiting.shift();
      if (!waiting) return;
      this.#give(environment, waiting);
    }
  }

  #rest(environment: Environment): void {
    if (this.#retired) environment.drain("retired");
    else if (this.#all.size - this.#starting > this.#parts.provisioned) this.#parts.idle.add(environment);
  }

  #give(environment: Environment, invocation: Invocation): void {
    if (environment.reserved === 0) this.#parts.idle.remove(environment);
    environment.reserve();
    if (!environment.available) this.#withdraw(environment);
    environment.run(invocation);
  }

  #withdraw(environment: Environment): void {
    if (!environment.listed) return;
    environment.listed = false;
    if (this.#available.at(-1) === environment) {
      this.#available.pop();
      return;
    }
    const index = this.#available.indexOf(environment);
    if (index >= 0) this.#available.splice(index, 1);
  }

  #wait(invocation: Invocation): void {
    this.#waiting.push(invocation);
    if (invocation.state === "accepted") invocation.move("queued");
    invocation.stop = (outcome) => this.#abandonWait(invocation, outcome);
    this.#scale();
  }

  #putBack(invocation: Invocation): void {
    invocation.move("queued");
    invocation.dispatchedMs = undefined;
    invocation.stop = (outcome) => this.#abandonWait(invocation, outcome);
    this.#waiting.unshift(invocation);
  }

  #abandonWait(invocation: Invocation, outcome: "aborted" | "throttled"): void {
    if (invocation.complete({ outcome, text: "", durationMs: 0, cpuMs: 0 })) this.#waiting.gone();
  }

  #scale(): void {
    if (this.#closed) return;
    const { environmentConcurrency, limit } = this.#parts;
    const needed = coldStartsNeeded({
      waiting: this.#waiting.size,
      starting: this.#starting,
      ready: this.#all.size - this.#starting,
      perEnvironment: environmentConcurrency,
      limit,
      recentHoldMs: this.#recentHoldMs,
      tolerableWaitMs: TOLERABLE_WAIT_MS,
    });
    this.#start(needed);
    if (this.#waiting.size > this.#starting * environmentConcurrency) this.#armPatience();
  }

  /** Recent durations are a promise, not a fact: who has waited in spite of them gets an environment all the same. */
  #armPatience(): void {
    this.#patience ??= this.#parts.clock.setTimer(() => {
      this.#patience = undefined;
      const first = this.#waiting.peek();
      if (!first) return;
      const waitedMs = this.#parts.clock.monotonicMs() - first.request.acceptedMs;
      if (waitedMs >= PATIENCE_MS && this.#starting === 0 && this.#all.size < this.#parts.limit) {
        this.#recentHoldMs = undefined;
      }
      this.#scale();
    }, PATIENCE_MS);
  }

  /** Starts so many environments. When that is impossible, those who wait for nothing else are told. */
  #start(count: number): void {
    try {
      for (let made = 0; made < count; made++) this.#startOne();
    } catch (cause) {
      if (this.#all.size === 0) this.#failWaiting(cause);
    }
  }

  #startOne(): void {
    const { sandbox, clock, deadlines, version, environmentConcurrency } = this.#parts;
    const environment = new Environment({
      sandbox,
      clock,
      deadlines,
      owner: this,
      version,
      concurrency: environmentConcurrency,
      initTimeoutMs: this.#initTimeoutMs(),
      responseLimitBytes: this.#parts.responseLimitBytes,
      logStreamName: this.#parts.newLogStream(),
    });
    this.#all.add(environment);
    this.#starting++;
  }

  #failWaiting(cause: unknown): void {
    const fault =
      cause instanceof IsoletError ? cause : new PlatformError("No environment can be started.", cause);
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      next.complete({ outcome: "lost", text: "", fault, durationMs: 0, cpuMs: 0 });
    }
  }

  /** An init that is repeated runs inside the invocation and under its limit, as in Lambda. */
  #initTimeoutMs(): number {
    const repeated = (this.#waiting.peek()?.failedInits ?? 0) > 0;
    return repeated ? this.#parts.timeoutMs : this.#parts.initTimeoutMs;
  }

  #checkEmpty(): void {
    if (!this.#whenEmpty || this.#all.size > 0 || this.#waiting.size > 0) return;
    const callback = this.#whenEmpty;
    this.#whenEmpty = undefined;
    callback();
  }

  #observeHold(holdMs: number): void {
    const before = this.#recentHoldMs;
    this.#recentHoldMs = before === undefined ? holdMs : before + (holdMs - before) * HOLD_WEIGHT;
  }
}
