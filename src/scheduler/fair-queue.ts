import { Lane, type Job } from "./lane.ts";
import { LaneRing } from "./lane-ring.ts";

/**
 * Who waits, who runs and whose turn it is. Functions take turns: each start gives the next turn to another function,
 * so a function's backlog delays its own invocations and no one else's. A function at its limit is out of the ring and
 * comes back, behind the others, when one of its invocations ends.
 *
 * Reserved concurrency follows Lambda: a function with a reservation runs at most that many and always may run that many;
 * the functions without one share what is left of the account. The two groups have a ring each, so no start looks at a
 * function that may not start. Cost of every operation: O(1), whatever the number of functions and of waiting jobs.
 */
export class FairQueue {
  readonly #lanes = new Map<string, Lane>();
  readonly #reservedTurns = new LaneRing();
  readonly #sharedTurns = new LaneRing();
  readonly #accountConcurrency: number;
  #reservedTotal = 0;
  #sharedRunning = 0;
  #running = 0;
  #queued = 0;

  constructor(accountConcurrency: number) {
    this.#accountConcurrency = accountConcurrency;
  }

  /** Jobs that hold a slot. */
  get running(): number {
    return this.#running;
  }

  /** Jobs that wait, whether or not they may start. */
  get queued(): number {
    return this.#queued;
  }

  /** Sum of all reservations. */
  get reservedTotal(): number {
    return this.#reservedTotal;
  }

  /** What the functions without a reservation may use together. */
  get sharedLimit(): number {
    return this.#accountConcurrency - this.#reservedTotal;
  }

  /**
   * How many functions have a job that their limits let start now. This is the size p-queue sees: it takes a size above 0
   * as a promise that `dequeue` has a job, so jobs that must wait for their function's limit don't count.
   */
  get startable(): number {
    return this.#reservedTurns.length + (this.#sharedIsOpen ? this.#sharedTurns.length : 0);
  }

  get #sharedIsOpen(): boolean {
    return this.#sharedRunning < this.sharedLimit;
  }

  /** The function's lane, made when there is none; one that stays unused is to be given back with {@link FairQueue.forget}. */
  lane(functionName: string): Lane {
    let lane = this.#lanes.get(functionName);
    if (!lane) {
      lane = new Lane(functionName);
      this.#lanes.set(functionName, lane);
    }
    return lane;
  }

  /** The function's lane if it has one. */
  find(functionName: string): Lane | undefined {
    return this.#lanes.get(functionName);
  }

  /** Drops a lane that holds nothing. */
  forget(lane: Lane): void {
    if (lane.isIdle) this.#lanes.delete(lane.functionName);
  }

  /** Whether a job of this lane, enqueued now, would be the next to start: its limits allow it and nobody is before it. */
  isFree(lane: Lane): boolean {
    return this.startable === 0 && (lane.reserved === undefined ? this.#sharedIsOpen : lane.belowOwnLimit);
  }

  /** Puts a job behind those of its function with the same or a higher priority. */
  enqueue(job: Job): void {
    const { lane } = job;
    lane.waiting.push(job);
    this.#queued++;
    this.#place(lane);
  }

  /** Takes the job whose turn it is and gives it a slot; undefined when {@link FairQueue.startable} is 0. */
  dequeue(): Job | undefined {
    // Reserved functions first: their share is theirs even while a new reservation waits for others' jobs to end.
    const lane = this.#reservedTurns.head ?? (this.#sharedIsOpen ? this.#sharedTurns.head : undefined);
    const job = lane?.waiting.shift();
    if (!lane || !job) return undefined;
    job.state = "started";
    this.#queued--;
    this.#running++;
    lane.running++;
    if (lane.reserved === undefined) this.#sharedRunning++;
    // Behind the others, or out, whichever its limit and what still waits say.
    this.#unplace(lane);
    this.#place(lane);
    return job;
  }

  /** Takes out a job that waits. */
  remove(job: Job): void {
    const { lane } = job;
    lane.waiting.remove(job);
    this.#queued--;
    if (lane.waiting.length > 0) return;
    this.#unplace(lane);
    this.forget(lane);
  }

  /** Gives back the slot of a job of this lane. */
  release(lane: Lane): void {
    this.#running--;
    lane.running--;
    if (lane.reserved === undefined) this.#sharedRunning--;
    if (lane.waiting.length > 0) this.#place(lane);
    else this.forget(lane);
  }

  /** Sets or takes away (undefined) a function's reservation; what runs goes on, over the new limit too. */
  setReserved(functionName: string, reserved: number | undefined): void {
    const lane = this.lane(functionName);
    this.#unplace(lane);
    if (lane.reserved === undefined) this.#sharedRunning -= lane.running;
    this.#reservedTotal += (reserved ?? 0) - (lane.reserved ?? 0);
    lane.reserved = reserved;
    if (reserved === undefined) this.#sharedRunning += lane.running;
    this.#place(lane);
    this.forget(lane);
  }

  /** The lanes in use; one may be forgotten while they are walked. */
  lanes(): Iterable<Lane> {
    return this.#lanes.values();
  }

  /** Lets the lane take part in the turns if it has something to start; it joins behind the others. */
  #place(lane: Lane): void {
    if (!lane.hasTurn && lane.waiting.length > 0 && lane.belowOwnLimit) this.#ringOf(lane).append(lane);
  }

  #unplace(lane: Lane): void {
    if (lane.hasTurn) this.#ringOf(lane).remove(lane);
  }

  #ringOf(lane: Lane): LaneRing {
    return lane.reserved === undefined ? this.#sharedTurns : this.#reservedTurns;
  }
}
