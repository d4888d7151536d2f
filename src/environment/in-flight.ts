import type { Clock } from "../base/clock.ts";
import type { Deadline, Deadlines } from "../base/deadlines.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import type { PlacedEnvironment } from "../sandbox/sandbox.ts";
import { lossOf, timeoutOf } from "./completions.ts";

/** How soon an invocation is looked at again whose deadline came while it had not started, or was just done. */
const RECHECK_MS = 50;

/** How long a cell may take to say that it has ended an environment over a deadline. */
const EXPIRE_GRACE_MS = 100;

/** An invocation that an environment was sent and has not answered. */
export interface Flight {
  readonly invocation: Invocation;
  readonly sentMs: number;
  readonly limitMs: number;
  deadline: Deadline;
  /** Whether its cell has been told that its time is over. */
  expired: boolean;
}

/** What the invocations of an environment rest on. */
export interface FlightParts {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly placed: PlacedEnvironment;
  /** The environment has to be ended: its cell doesn't end an invocation whose time is over. */
  readonly onOverdue: (reason: "timeout" | "aborted") => void;
}

/** The invocations in an environment, running or in its mailbox, each with its deadline. */
export class InFlight {
  readonly #parts: FlightParts;
  readonly #flights = new Map<number, Flight>();

  constructor(parts: FlightParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#flights.size;
  }

  get(number: number): Flight | undefined {
    return this.#flights.get(number);
  }

  add(number: number, invocation: Invocation, sentMs: number, limitMs: number): void {
    const deadline = this.#parts.deadlines.set(limitMs, () => this.#checkDeadline(number));
    this.#flights.set(number, { invocation, sentMs, limitMs, deadline, expired: false });
  }

  /** Completes an invocation, unless that has been done, and forgets it. */
  settle(number: number, flight: Flight, completion: Completion, memoryBytes: number): void {
    this.#forget(number, flight);
    flight.invocation.peakMemoryBytes = Math.max(flight.invocation.peakMemoryBytes, memoryBytes);
    flight.invocation.complete(completion);
  }

  /** It has not started and will not: whoever gets it back may run it elsewhere. */
  takeBack(number: number, flight: Flight): void {
    this.#forget(number, flight);
    flight.invocation.stop = undefined;
  }

  /** Whether it waits in the mailbox behind others, so that it can be done without at no cost to these. */
  waits(number: number): boolean {
    return this.#flights.size > 1 && this.#parts.placed.progressOf(number) === "waiting";
  }

  /** Completes one that waits in the mailbox. Its place is free when the cell has answered or returned it. */
  abandon(number: number, flight: Flight, completion: Completion): void {
    flight.invocation.complete(completion);
    this.#parts.deadlines.cancel(flight.deadline);
    this.#checkAfter(RECHECK_MS, number, flight);
  }

  /** What had started fails with the environment; what had not is given back. */
  end(hasStarted: (number: number) => boolean, why: string, memoryBytes: number): Invocation[] {
    const unstarted: Invocation[] = [];
    for (const [number, flight] of this.#flights) {
      const { invocation, sentMs } = flight;
      if (hasStarted(number)) {
        const durationMs = this.#parts.clock.monotonicMs() - sentMs;
        this.settle(number, flight, lossOf(invocation, why, durationMs), memoryBytes);
      } else {
        this.takeBack(number, flight);
        if (invocation.state !== "completed") unstarted.push(invocation);
      }
    }
    return unstarted;
  }

  #forget(number: number, flight: Flight): void {
    this.#flights.delete(number);
    this.#parts.deadlines.cancel(flight.deadline);
  }

  /**
   * The deadline of an invocation may have come. Only the time since its own start counts. The cell is told first, which
   * knows exactly how it ended; who doesn't answer is ended without it.
   */
  #checkDeadline(number: number): void {
    const flight = this.#flights.get(number);
    if (!flight) return;
    const progress = this.#parts.placed.progressOf(number);
    if (typeof progress !== "number") return this.#checkAfter(RECHECK_MS, number, flight);
    // Abandoned in the mailbox, it was taken up before the cell heard of it.
    if (flight.invocation.state === "completed") return this.#parts.onOverdue("aborted");
    const restMs = flight.limitMs - progress;
    if (restMs > 0) return this.#checkAfter(restMs, number, flight);
    if (!flight.expired) {
      flight.expired = true;
      this.#parts.placed.expire();
      return this.#checkAfter(EXPIRE_GRACE_MS, number, flight);
    }
    this.settle(number, flight, timeoutOf(flight.invocation, flight.limitMs, flight.limitMs, 0), 0);
    this.#parts.onOverdue("timeout");
  }

  #checkAfter(afterMs: number, number: number, flight: Flight): void {
    flight.deadline = this.#parts.deadlines.set(afterMs, () => this.#checkDeadline(number));
  }
}
