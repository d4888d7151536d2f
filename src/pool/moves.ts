import type { Environment } from "../environment/environment.ts";
import { Weight } from "./weight.ts";

/**
 * Has the environments of a version follow its weight: one that shares its cell with versions it should be kept apart
 * from is replaced by another elsewhere. One at a time, and the old one ends when the new one is ready, so that nobody
 * waits for it.
 */
export class Moves {
  readonly #weight = new Weight();
  /** Starts an environment; undefined when there is no room for one more. */
  readonly #start: () => Environment | undefined;
  #wasHeavy = false;
  #from: Environment | undefined;
  #to: Environment | undefined;

  constructor(start: () => Environment | undefined) {
    this.#start = start;
  }

  /** Whether the version takes much CPU. */
  get isHeavy(): boolean {
    return this.#weight.isHeavy;
  }

  /** A run in an environment has held its thread for so long and is not over. */
  holds(forMs: number): void {
    this.#weight.holds(forMs);
  }

  /** A run has ended in an environment. */
  ran(environment: Environment, cpuMs: number): void {
    this.#weight.observe(cpuMs);
    this.#wasHeavy ||= this.isHeavy;
    // A version that never was heavy is where it belongs.
    if (this.#wasHeavy && !this.#from && environment.isMisplaced(this.isHeavy)) this.#move(environment);
  }

  /** An environment is initialised. */
  started(environment: Environment): void {
    if (environment === this.#to) this.#from?.drain("moved");
  }

  /** An environment has ended, or failed to start. */
  gone(environment: Environment): void {
    if (environment !== this.#to && environment !== this.#from) return;
    this.#from = undefined;
    this.#to = undefined;
  }

  #move(environment: Environment): void {
    this.#from = environment;
    this.#to = this.#start();
    // The limit is reached: whoever comes next starts another in the right place.
    if (!this.#to) environment.drain("moved");
  }
}
