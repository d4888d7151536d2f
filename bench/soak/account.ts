import type { LogRecord, MeterRecord } from "../../src/index.ts";
import { LOSSES } from "./functions.ts";
import type { SoakFunction } from "./functions.ts";

/** Most faults that are told one by one. */
const FAULTS_TOLD = 20;

/** What was seen of every invocation, and what of it must not be. */
export class SoakAccount {
  readonly #ran = new CountPerId();
  readonly #metered = new CountPerId();
  readonly #ends = new Map<string, Map<string, number>>();
  readonly #faults: string[] = [];
  #faultCount = 0;
  #made = 0;
  #settled = 0;
  #lost = 0;

  get made(): number {
    return this.#made;
  }

  get outstanding(): number {
    return this.#made - this.#settled;
  }

  /** Invocations that went down with their cell. */
  get lost(): number {
    return this.#lost;
  }

  get faultCount(): number {
    return this.#faultCount;
  }

  /** The first faults, in words. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** By function: how its invocations ended, and how often. */
  get ends(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return this.#ends;
  }

  /** An invocation is made; gives its id. */
  begin(): number {
    return this.#made++;
  }

  log({ origin, message }: LogRecord): void {
    if (origin !== "function" || !message.startsWith("ran ")) return;
    const id = Number(message.slice(4));
    if (this.#ran.add(id) > 1) this.fault(`invocation ${id} ran twice`);
  }

  meter({ requestId }: MeterRecord): void {
    if (this.#metered.add(Number(requestId)) > 1) this.fault(`request ${requestId} was metered twice`);
  }

  /** An invocation has ended, by an error type unless it succeeded, with the id of the event it answered. */
  end(called: SoakFunction, id: number, errorType: string | undefined, answered: unknown): void {
    this.#settled++;
    const ends = this.#ends.get(called.name) ?? new Map<string, number>();
    const how = errorType ?? "succeeded";
    this.#ends.set(called.name, ends.set(how, (ends.get(how) ?? 0) + 1));
    if (errorType === undefined) this.#succeeded(called, id, answered);
    else if (LOSSES.includes(errorType) && !called.fails.includes(errorType)) this.#lost++;
    else if (!called.fails.includes(errorType)) this.fault(`${called.name} ended with ${errorType}`);
  }

  /** Everything has been waited for. */
  close(): void {
    if (this.outstanding > 0) this.fault(`${this.outstanding} invocations were never answered`);
    if (this.#metered.size !== this.#made)
      this.fault(`${this.#made} invocations gave ${this.#metered.size} meter records`);
  }

  fault(text: string): void {
    if (++this.#faultCount <= FAULTS_TOLD) this.#faults.push(text);
  }

  #succeeded(called: SoakFunction, id: number, answered: unknown): void {
    if (called.fails.length > 0) this.fault(`${called.name} succeeded`);
    if (answered !== id) this.fault(`${called.name} answered ${String(answered)} to ${id}`);
    if (this.#ran.of(id) === 0) this.fault(`invocation ${id} of ${called.name} succeeded and did not run`);
  }
}

/** Counts up to 255 for each whole number, in a byte each. */
class CountPerId {
  #counts = new Uint8Array(65_536);
  /** Ids that were counted at all. */
  size = 0;

  of(id: number): number {
    return this.#counts[id] ?? 0;
  }

  add(id: number): number {
    if (id >= this.#counts.length) {
      const counts = new Uint8Array(2 * (id + 1));
      counts.set(this.#counts);
      this.#counts = counts;
    }
    const count = this.of(id) + 1;
    if (count === 1) this.size++;
    this.#counts[id] = count;
    return count;
  }
}
