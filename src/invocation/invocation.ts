import { transition } from "../base/state-machine.ts";
import type { KillReport } from "./kill-report.ts";
import type { ResponseTaker } from "./response-taker.ts";
import type { FunctionErrorShape } from "./result.ts";
import { INVOCATION_STATES } from "./states.ts";
import type { InvocationState } from "./states.ts";

/** How an invocation ended, before it is made a result, a rejection and a meter record. */
export interface Completion {
  readonly outcome: "succeeded" | "failed" | "timeout" | "aborted" | "throttled" | "lost";
  /** The result as JSON text when it succeeded; else empty. */
  readonly text: string;
  /** What went wrong, unless it succeeded or was aborted. */
  readonly error?: FunctionErrorShape;
  /** What the caller's promise rejects with: the platform could not run it. */
  readonly fault?: Error;
  /** Why the engine ended it by force, when it did. */
  readonly kill?: KillReport;
  readonly durationMs: number;
  readonly cpuMs: number;
  /** Bytes of the response where they are not those of `text`: it was streamed. */
  readonly bytesOut?: number;
}

/** What is fixed when an invocation is accepted. */
export interface InvocationRequest {
  readonly requestId: string;
  readonly payload: string;
  readonly bytesIn: number;
  /** JSON of what only some invocations have (ARN by qualifier, tenant, client context, identity), or empty. */
  readonly extras: string;
  readonly timeoutMs: number;
  /** When the caller wants it ended, waiting included, on the monotonic scale; Infinity for no such wish. */
  readonly deadlineAtMs: number;
  readonly tenant: string | undefined;
  /** How many invocations of other functions it goes back to; 0 for one that a function had no part in. */
  readonly depth: number;
  readonly alias: string | undefined;
  /** Whether log lines are to be kept for a tail. */
  readonly logTail: boolean;
  /** On the clock's monotonic scale. */
  readonly acceptedMs: number;
  /** Milliseconds since the epoch. */
  readonly acceptedAtMs: number;
}

/** One accepted invocation and its timestamps, on which metering rests. It is completed exactly once. */
export class Invocation {
  readonly request: InvocationRequest;
  readonly completion: Promise<Completion>;
  /** On the monotonic scale; undefined until it is sent to an environment. */
  dispatchedMs: number | undefined;
  coldStart = false;
  /** Length of the init it included. */
  initMs = 0;
  initCpuMs = 0;
  /** Inits that failed while it waited. */
  failedInits = 0;
  peakMemoryBytes = 0;
  logBytes = 0;
  /** Log lines kept for the tail. */
  readonly tail: string[] = [];
  /** Log stream of the environment that took it last. */
  logStreamName: string | undefined;
  /** Whether its START line has been written. */
  startLogged = false;
  /** Takes the response as the handler writes it, where its caller wants that. */
  taker: ResponseTaker | undefined;
  /** Ends it from outside, wherever it is; set while it waits for an environment or runs in one. */
  stop: ((outcome: "aborted" | "throttled") => void) | undefined;
  #state: InvocationState = "accepted";
  #resolve!: (completion: Completion) => void;

  constructor(request: InvocationRequest) {
    this.request = request;
    this.completion = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get state(): InvocationState {
    return this.#state;
  }

  move(to: InvocationState): void {
    this.#state = transition(INVOCATION_STATES, this.#state, to);
  }

  /** Ends it. False, and nothing happens, when it has ended already. */
  complete(completion: Completion): boolean {
    if (this.#state === "completed") return false;
    this.move("completed");
    this.stop = undefined;
    this.#resolve(completion);
    return true;
  }
}
