import { IsoletError, PlatformError, ThrottledError } from "../base/errors.ts";
import { Environment } from "../environment/environment.ts";
import type { EnvironmentOwner } from "../environment/environment.ts";
import type { EnvironmentEnd, InitFailure } from "../environment/init.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import { countFailedInit } from "./failed-init.ts";
import { HeldUp } from "./held-up.ts";
import { Moves } from "./moves.ts";
import { Pace } from "./pace.ts";
import type { PoolParts, PoolStats } from "./parts.ts";
import { Patience, PATIENCE_MS } from "./patience.ts";
import { Places } from "./places.ts";
import { coldStartsNeeded } from "./scaling.ts";
import { WaitingLine } from "./waiting-line.ts";

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
  readonly #heldUp = new HeldUp();
  readonly #moves: Moves;
  #starting = 0;
  #retired = false;
  #closed = false;
  readonly #pace = new Pace();
  readonly #patience: Patience;
  #whenEmpty: (() => void) | undefined;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#moves = new Moves(() => this.#startOrNone());
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
    const environment = this.#places.find(this.#pace);
    if (environment) this.#give(environment, invocation);
    else {
      this.#waiting.push(invocation);
      this.#scale();
    }
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

  /** Has all environments replaced, at once where debuggers wait for one. */
  renew(): void {
    for (const environment of [...this.#all]) environment.drain("retired");
    if (this.#parts.debugHost()) this.#start(1);
  }

  /** Ends those in good order that are idle and have something to do at their end; gives what to wait for. */
  shutDown(reason: EnvironmentEnd): Promise<void>[] {
    this.#closed = true;
    return [...this.#all].flatMap((environment) => environment.shutDown(reason) ?? []);
  }

  /** Ends every environment now. What runs or waits is lost; what waits fails with `fault`, if there is one. */
  close(reason: EnvironmentEnd, fault?: IsoletError): void {
    this.#retired = true;
    this.#closed = true;
    this.#patience.stop();
    this.#waiting.loseAll(fault);
    for (const environment of [...this.#all]) environment.condemn(reason);
    // What had been sent to them and not started has come back.
    this.#waiting.loseAll(fault);
  }

  initialized(environment: Environment): void {
    this.#starting--;
    this.#parts.idle.account(environment);
    this.#places.add(environment);
    this.#parts.listener.started(environment);
    if (environment.available) this.#offer(environment);
    this.#moves.started(environment);
    this.#scale();
  }

  initFailed(environment: Environment, failure: InitFailure): void {
    this.#starting--;
    this.#forget(environment);
    this.#parts.listener.initFailed(environment, failure);
    // A lost cell says nothing about the function: its next init may well succeed.
    const isLost = failure.reason === "cell-lost";
    const first = isLost ? undefined : this.#waiting.peek();
    if (first && countFailedInit(first, failure, environment.logStreamName)) this.#waiting.gone();
    this.#scale();
    if (isLost) this.provision();
    this.#checkEmpty();
  }

  released(environment: Environment, runMs: number | undefined, cpuMs: number): void {
    this.#parts.idle.account(environment);
    if (runMs !== undefined) {
      this.#pace.observe(runMs, cpuMs);
      if (!this.#retired) this.#moves.ran(environment, cpuMs);
    }
    if (environment.available) this.#offer(environment);
    else this.#serve();
  }

  handedBack(_environment: Environment, invocation: Invocation): void {
    if (invocation.state === "completed") return;
    this.#waiting.putBack(invocation);
    this.#serve();
    this.#scale();
  }

  heldUp(environment: Environment, isOwn: boolean, forMs: number): void {
    if (isOwn) return this.#moves.holds(forMs);
    this.#heldUp.add(environment);
    this.#scale();
  }

  freed(environment: Environment): void {
    this.#heldUp.delete(environment);
    if (environment.available) this.#offer(environment);
    else this.#serve();
  }

  gone(environment: Environment, reason: EnvironmentEnd, unstarted: readonly Invocation[]): void {
    this.#forget(environment);
    this.#places.remove(environment);
    this.#parts.idle.forget(environment);
    this.#parts.listener.ended(environment, reason);
    for (const invocation of unstarted) this.#waiting.putBack(invocation);
    this.#serve();
    this.#scale();
    if (reason !== "closed") this.provision();
    this.#checkEmpty();
  }

  readonly log: EnvironmentOwner["log"] = (...line) => this.#parts.listener.log(...line);

  tookCell(environment: Environment): void {
    this.#parts.listener.tookCell(environment);
  }

  /** An environment has a free place: the one waiting longest gets it, else it is idle or stays available. */
  #offer(environment: Environment): void {
    this.#places.offer(environment);
    this.#serve();
    if (environment.reserved === 0) this.#rest(environment);
  }

  /** Gives free places, and then places in mailboxes, to those that wait, longest first. */
  #serve(): void {
    while (this.#waiting.peek()) {
      const environment = this.#places.find(this.#pace);
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

  #forget(environment: Environment): void {
    this.#all.delete(environment);
    this.#heldUp.delete(environment);
    this.#moves.gone(environment);
  }

  #scale(): void {
    if (this.#closed) return;
    const { environmentConcurrency, limit, sandbox } = this.#parts;
    const { stalled, heldUp } = this.#heldUp.counts();
    // One that can do nothing makes room for one that can; with its end this comes by here again.
    if (this.#waiting.size > 0 && this.#all.size >= limit && this.#heldUp.endIdle()) return;
    const needed = coldStartsNeeded({
      waiting: this.#waiting.size,
      starting: this.#starting,
      ready: this.#places.size,
      stalled,
      heldUp,
      perEnvironment: environmentConcurrency,
      limit,
      cells: sandbox.cellCount,
      runMs: this.#pace.runMs,
      cpuShare: this.#pace.cpuShare,
    });
    if (needed > 0) this.#start(needed);
    if (this.#waiting.size > this.#starting * environmentConcurrency) this.#patience.arm();
  }

  #loseIfImpatient(): void {
    const first = this.#waiting.peek();
    if (first && this.#starting === 0) {
      const why = this.#patience.letDownBy(first.request.acceptedMs, this.#pace);
      if (why === "waits") this.#pace.forget();
      else if (why === "computes") this.#pace.stretch(PATIENCE_MS);
    }
    this.#patience.recall();
    this.#scale();
  }

  /** Starts so many environments. When that is impossible, those who wait for nothing else are told. */
  #start(count: number): void {
    try {
      for (let made = 0; made < count; made++) this.#startSomewhere();
    } catch (cause) {
      if (this.#all.size === 0) this.#failWaiting(cause);
    }
  }

  #startOrNone(): Environment | undefined {
    try {
      return this.#all.size < this.#parts.limit ? this.#startOne() : undefined;
    } catch {
      return undefined;
    }
  }

  /** Where there is room, and else where one that is idle makes room. */
  #startSomewhere(): Environment {
    for (;;) {
      try {
        return this.#startOne();
      } catch (cause) {
        const isFull = cause instanceof ThrottledError;
        if (!isFull || !this.#parts.idle.endColdest()) throw cause;
      }
    }
  }

  #startOne(): Environment {
    const environment = new Environment({
      ...this.#parts,
      owner: this,
      isHeavy: this.#moves.isHeavy,
      concurrency: this.#parts.environmentConcurrency,
      initTimeoutMs: this.#initTimeoutMs(),
      logStreamName: this.#parts.newLogStream(),
    });
    this.#all.add(environment);
    this.#starting++;
    return environment;
  }

  #failWaiting(cause: unknown): void {
    this.#waiting.loseAll(
      cause instanceof IsoletError ? cause : new PlatformError("No environment can be started.", cause),
    );
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
