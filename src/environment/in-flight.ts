import type { Clock } from "../base/clock.ts";
import type { Deadlines } from "../base/deadlines.ts";
import type { Completion, Invocation, InvocationRequest } from "../invocation/invocation.ts";
import type { PlacedEnvironment } from "../sandbox/sandbox.ts";
import { hostKillReport, overdueKill } from "../invocation/kill-report.ts";
import type { KillReport } from "../invocation/kill-report.ts";
import { timeoutOf } from "./completions.ts";
import { Flights } from "./flights.ts";
import type { DebugPort } from "./debug-port.ts";
import type { Marks } from "./marks.ts";
import type { Flight } from "./flights.ts";
import type { KillFacts } from "./loss.ts";

/** How soon an invocation is looked at again whose deadline came while it had not started, or was just done. */
const RECHECK_MS = 50;

/** How long a cell may take to say that it has ended an environment over a deadline. */
const EXPIRE_GRACE_MS = 100;

/** Log lines kept for a kill report, and how much of each, in UTF-16 units. */
const LINES_KEPT = 5;
const LINE_LIMIT = 512;

/** What the invocations of an environment rest on. */
export interface FlightParts {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly placed: PlacedEnvironment;
  /** Where debuggers attach to it, who stop its deadlines. */
  readonly debug?: DebugPort | undefined;
  /** The environment: what it was last seen to use, and its end. */
  readonly marks: Marks & { condemn(reason: "timeout" | "aborted"): void };
}

/** The invocations in an environment, running or in its mailbox, each with its deadline. */
export class InFlight {
  readonly #parts: FlightParts;
  readonly #flights = new Flights();

  constructor(parts: FlightParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#flights.size;
  }

  /** Those there are now, whatever becomes of them while they are gone through. */
  numbers(): number[] {
    return this.#flights.now().map(({ number }) => number);
  }

  get(number: number): Flight | undefined {
    return this.#flights.get(number);
  }

  add(number: number, invocation: Invocation, sentMs: number, limitMs: number): void {
    const flight: Flight = {
      number,
      invocation,
      sentMs,
      limitMs,
      heldBeforeMs: this.#parts.debug?.heldMs ?? 0,
      deadline: undefined,
      expired: false,
      lines: undefined,
      response: undefined,
    };
    this.#flights.add(flight);
    this.#checkAfter(limitMs, flight);
  }

  /** It has logged a line. */
  logged(flight: Flight, text: string): void {
    const lines = (flight.lines ??= []);
    lines.push(text.slice(0, LINE_LIMIT));
    if (lines.length > LINES_KEPT) lines.shift();
  }

  /** Completes an invocation, unless that has been done, and forgets it. */
  settle(flight: Flight, completion: Completion, memoryBytes: number): void {
    this.#forget(flight);
    flight.invocation.peakMemoryBytes = Math.max(flight.invocation.peakMemoryBytes, memoryBytes);
    const { response } = flight;
    flight.invocation.complete(response ? { ...completion, bytesOut: response.bytes } : completion);
  }

  /** It has not started and will not: whoever gets it back may run it elsewhere. */
  takeBack(flight: Flight): void {
    this.#forget(flight);
    flight.invocation.stop = undefined;
  }

  /** Whether it waits in the mailbox behind others, so that it can be done without at no cost to these. */
  waits(number: number): boolean {
    return this.#flights.size > 1 && this.#parts.placed.progressOf(number) === "waiting";
  }

  /** Whether any has been taken up and is not done. */
  haveStarted(): boolean {
    for (const { number } of this.#flights.now()) if (this.#hasStarted(number)) return true;
    return false;
  }

  /** What has been taken up and is not done. */
  running(): InvocationRequest[] {
    return this.#flights
      .now()
      .filter(({ number }) => this.#hasStarted(number))
      .map(({ invocation }) => invocation.request);
  }

  #hasStarted(number: number): boolean {
    return typeof this.#parts.placed.progressOf(number) === "number";
  }

  /** Completes one that waits in the mailbox. Its place is free when the cell has answered or returned it. */
  abandon(flight: Flight, completion: Completion): void {
    flight.invocation.complete(completion);
    if (flight.deadline) this.#parts.deadlines.cancel(flight.deadline);
    this.#checkAfter(RECHECK_MS, flight);
  }

  /** Ends an invocation from outside; gives where it was, whose end is now due. */
  stop(number: number, outcome: "aborted" | "throttled"): "mailbox" | "run" | undefined {
    const flight = this.get(number);
    if (!flight) return undefined;
    if (this.waits(number)) {
      this.abandon(flight, { outcome, text: "", durationMs: 0, cpuMs: 0 });
      return "mailbox";
    }
    const durationMs = this.#parts.clock.monotonicMs() - flight.sentMs;
    this.settle(flight, { outcome, text: "", durationMs, cpuMs: 0 }, this.#parts.marks.memoryBytes);
    return "run";
  }

  /** What had started ends as `lossOf` says; what had not is given back. */
  end(
    hasStarted: (number: number) => boolean,
    lossOf: (invocation: Invocation, known: KillFacts) => Completion,
  ): Invocation[] {
    const unstarted: Invocation[] = [];
    for (const flight of this.#flights.now()) {
      const { number, invocation, sentMs } = flight;
      if (hasStarted(number)) {
        const known = this.#factsOf(flight, this.#parts.clock.monotonicMs() - sentMs);
        this.settle(flight, lossOf(invocation, known), known.heapBytes);
      } else {
        this.takeBack(flight);
        if (invocation.state !== "completed") unstarted.push(invocation);
      }
    }
    return unstarted;
  }

  #forget(flight: Flight): void {
    this.#flights.remove(flight);
    if (flight.deadline) this.#parts.deadlines.cancel(flight.deadline);
  }

  /**
   * The deadline of an invocation may have come. Only the time since its own start counts. The cell is told first, which
   * knows exactly how it ended; who doesn't answer is ended without it.
   */
  #checkDeadline(flight: Flight): void {
    const { placed, debug } = this.#parts;
    const progress = placed.progressOf(flight.number);
    if (debug?.isAttached) return this.#checkAfter(RECHECK_MS, flight);
    if (typeof progress !== "number") return this.#checkAfter(RECHECK_MS, flight);
    // Abandoned in the mailbox, it was taken up before the cell heard of it.
    if (flight.invocation.state === "completed") return this.#condemn("aborted", undefined);
    const heldMs = debug ? debug.heldMs - flight.heldBeforeMs : 0;
    const restMs = flight.limitMs + heldMs - progress;
    if (restMs > 0) return this.#checkAfter(restMs, flight);
    if (!flight.expired) {
      flight.expired = true;
      this.#parts.placed.expire();
      return this.#checkAfter(EXPIRE_GRACE_MS, flight);
    }
    // It can't hear: it ends the environment when the run that holds its thread is over, unless all is done by then.
    if (this.#parts.placed.isHeldUp) return this.#checkAfter(RECHECK_MS, flight);
    const { limitMs } = flight;
    const kill = hostKillReport({
      ...overdueKill("timeoutMs", limitMs, progress),
      ...this.#factsOf(flight, progress),
    });
    this.settle(flight, timeoutOf(flight.invocation, limitMs, limitMs, 0, kill), kill.heapBytes);
    this.#condemn("timeout", kill);
  }

  /** The environment has to be ended: its cell doesn't end an invocation whose time is over. */
  #condemn(reason: "timeout" | "aborted", kill: KillReport | undefined): void {
    const { marks } = this.#parts;
    marks.kill = kill;
    marks.condemn(reason);
  }

  #factsOf({ lines }: Flight, durationMs: number): KillFacts {
    return { durationMs, heapBytes: this.#parts.marks.memoryBytes, logLines: lines ?? [] };
  }

  #checkAfter(afterMs: number, flight: Flight): void {
    flight.deadline = this.#parts.deadlines.set(afterMs, () => this.#checkDeadline(flight));
  }
}
