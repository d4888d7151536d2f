import type { Clock, Timer } from "../base/clock.ts";
import type { Environment } from "../environment/environment.ts";
import type { EnvironmentEnd } from "../environment/init.ts";

/** Memory an environment takes beside its heap in use: isolate, context, code. Measured, see `bench/density`. */
export const ENVIRONMENT_OVERHEAD_BYTES = 1_048_576;

/** How often keep-alive is looked at, as a share of it, and at least this often in milliseconds. */
const SWEEP_SHARE = 0.1;
const SWEEP_MIN_MS = 20;

/** What an idle list is told to keep to. */
export interface IdleLimits {
  /** How long an environment may stay idle. */
  readonly keepAliveMs: number;
  /** Memory that all environments of the engine may take together before idle ones are ended. */
  readonly memoryBudgetBytes: number;
}

/**
 * All idle environments of an engine, coldest first: they are ended after keep-alive, and before it when memory is over
 * the budget. Adding, removing and ending are O(1): a Set keeps insertion order.
 */
export class IdleList {
  readonly #clock: Clock;
  readonly #limits: IdleLimits;
  readonly #idle = new Set<Environment>();
  #totalBytes = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, limits: IdleLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get size(): number {
    return this.#idle.size;
  }

  /** Memory of all environments, busy ones included, as last measured. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Counts what an environment takes now; called when it has come to be and when it has been measured again. */
  account(environment: Environment): void {
    const bytes = environment.memoryBytes + ENVIRONMENT_OVERHEAD_BYTES;
    if (bytes === environment.accountedBytes) return;
    this.#totalBytes += bytes - environment.accountedBytes;
    environment.accountedBytes = bytes;
    this.#enforceBudget();
  }

  /** The environment is no more. */
  forget(environment: Environment): void {
    this.#idle.delete(environment);
    this.#totalBytes -= environment.accountedBytes;
    environment.accountedBytes = 0;
  }

  /** Nothing runs in it. One that is on the list keeps its place. */
  add(environment: Environment): void {
    if (this.#idle.has(environment)) return;
    environment.idleSinceMs = this.#clock.monotonicMs();
    this.#idle.add(environment);
    this.#enforceBudget();
    this.#arm();
  }

  remove(environment: Environment): void {
    this.#idle.delete(environment);
  }

  /** Ends the one that has been idle for longest; false when none is. */
  endColdest(): boolean {
    const [coldest] = this.#idle;
    if (coldest) this.#endOne(coldest, "budget");
    return coldest !== undefined;
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#idle.clear();
  }

  #enforceBudget(): void {
    if (this.#totalBytes <= this.#limits.memoryBudgetBytes) return;
    for (const environment of this.#idle) {
      if (this.#totalBytes <= this.#limits.memoryBudgetBytes) return;
      this.#endOne(environment, "budget");
    }
  }

  #endOne(environment: Environment, reason: EnvironmentEnd): void {
    this.#idle.delete(environment);
    environment.drain(reason);
  }

  #arm(): void {
    if (this.#timer || this.#idle.size === 0) return;
    const waitMs = Math.max(SWEEP_MIN_MS, this.#limits.keepAliveMs * SWEEP_SHARE);
    this.#timer = this.#clock.setTimer(() => this.#sweep(), waitMs);
  }

  #sweep(): void {
    this.#timer = undefined;
    const coldBefore = this.#clock.monotonicMs() - this.#limits.keepAliveMs;
    for (const environment of this.#idle) {
      if (environment.idleSinceMs > coldBefore) break;
      this.#endOne(environment, "idle");
    }
    this.#arm();
  }
}
