import type { Clock } from "../base/clock.ts";
import type { Deadlines } from "../base/deadlines.ts";
import { IsoletError, PlatformError } from "../base/errors.ts";
import { Environment } from "../environment/environment.ts";
import type { EnvironmentOwner } from "../environment/environment.ts";
import type { EnvironmentEnd, InitFailure } from "../environment/init.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import type { Sandbox, SandboxVersion } from "../sandbox/sandbox.ts";
import { countFailedInit } from "./failed-init.ts";
import type { IdleList } from "./idle-list.ts";
import { Pace } from "./pace.ts";
import { Patience } from "./patience.ts";
import { Places } from "./places.ts";
import { coldStartsNeeded } from "./scaling.ts";
import { WaitingLine } from "./waiting-line.ts";

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
  readonly #all = new Set<Environment>();
  readonly #places = new Places();
  readonly #waiting = new WaitingLine();
  #starting = 0;
  #retired = false;
  #closed = false;
  readonly #pace = new Pace();
  readonly #patience: Patience;
  #whenEmpty: (() => void) | undefined;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#patience = new Patience(parts.clock, this.#places, () => this.#loseIfImpatient());
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
    const environment = this.#places.find(this.#pace.mailboxDepth);
    if (environment) this.#give(environment, invocation);
    else this.#wait(invocation);
    return invocation.completion;
  }

  /** A newer version has taken over: environments end as soon as they have nothing to do. */
  retire(): void {
    this.#retired = true;
    for (const environment of this.#places.idle()) environment.drain("retired");
  }

  /** Calls `callback` once, when the pool has no environment and nothing waits for one. */
  onEmpty(callback: () => void): void {
    this.#whenEmpty = callback;
    this.#checkEmpty();
  }

  /** Ends every environment now. What runs or waits is lost. */
  close(reason: EnvironmentEnd): void {
    this.#retired = true;
    this.#closed = true;
    this.#patience.stop();
    this.#loseWaiting();
    for (const environment of [...this.#all]) environment.condemn(reason);
    // What had been sent to them and not started has come back.
    this.#loseWaiting();
  }

  initialized(environment: Environment): void {
    this.#starting--;
    this.#parts.idle.account(environment);
    this.#places.add(environment);
    this.#parts.listener.started(environment, this);
    this.#offer(environment);
    this.#scale();
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

  released(environment: Environment, runMs: number | undefined, cpuMs: number): void {
    if (runMs !== undefined) this.#pace.observe(runMs, cpuMs);
    this.#parts.idle.account(environment);
    if (environment.available) this.#offer(environment);
    else this.#serve();
  }

  handedBack(_environment: Environment, invocation: Invocation): void {
    if (invocation.state === "completed") return;
    this.#putBack(invocation);
    this.#serve();
    this.#scale();
  }

  gone(environment: Environment, reason: EnvironmentEnd, unstarted: readonly Invocation[]): void {
    this.#all.delete(environment);
    this.#places.remove(environment);
    this.#parts.idle.forget(environment);
    this.#parts.listener.ended(environment, this, reason);
    for (const invocation of unstarted) this.#putBack(invocation);
    this.#serve();
    this.#scale();
    if (reason !== "closed") this.provision();
    this.#checkEmpty();
  }

  readonly log: EnvironmentOwner["log"] = (...line) => this.#parts.listener.log(...line);

  /** An environment has a free place: the one waiting longest gets it, else it is idle or stays available. */
  #offer(environment: Environment): void {
    this.#places.offer(environment);
    this.#serve();
    if (environment.reserved === 0) this.#rest(environment);
  }

  /** Gives free places, and then places in mailboxes, to those that wait, longest first. */
  #serve(): void {
    while (this.#waiting.peek()) {
      const environment = this.#places.find(this.#pace.mailboxDepth);
      const waiting = environment && this.#waiting.shift();
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
    if (!environment.available) this.#places.withdraw(environment);
    environment.run(invocation);
    if (environment.isDeep) this.#patience.arm();
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
    this.#waiting.putBack(invocation);
  }

  #abandonWait(invocation: Invocation, outcome: "aborted" | "throttled"): void {
    if (invocation.complete({ outcome, text: "", durationMs: 0, cpuMs: 0 })) this.#waiting.gone();
  }

  #scale(): void {
    if (this.#closed) return;
    const { environmentConcurrency, limit, sandbox } = this.#parts;
    const needed = coldStartsNeeded({
      waiting: this.#waiting.size,
      starting: this.#starting,
      ready: this.#places.size,
      perEnvironment: environmentConcurrency,
      limit,
      cells: sandbox.cellCount,
      runMs: this.#pace.runMs,
      cpuShare: this.#pace.cpuShare,
    });
    this.#start(needed);
    if (this.#waiting.size > this.#starting * environmentConcurrency) this.#patience.arm();
  }

  #loseIfImpatient(): void {
    const first = this.#waiting.peek();
    const isLost =
      first && this.#starting === 0 && this.#patience.isLost(first.request.acceptedMs, this.#pace);
    if (isLost) this.#pace.forget();
    this.#patience.recall();
    this.#scale();
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
    this.#loseWaiting(
      cause instanceof IsoletError ? cause : new PlatformError("No environment can be started.", cause),
    );
  }

  #loseWaiting(fault?: IsoletError): void {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      next.complete({ outcome: "lost", text: "", ...(fault && { fault }), durationMs: 0, cpuMs: 0 });
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
}
