import { nextText } from "../guest/contract.ts";
import type { GuestEntries } from "../guest/contract.ts";
import type { EnvironmentHome } from "./environment-home.ts";
import type { GenericEnvironment } from "./generic-environment.ts";
import type { GuestPending } from "./guest-pending.ts";
import type { LogGate } from "./log-gate.ts";
import { Mailbox } from "./mailbox.ts";
import { ToHost } from "./protocol.ts";
import type { InvokeMessage, VersionDefinition } from "./protocol.ts";
import { FOLLOWING_MS } from "./run-budget.ts";
import type { RunBudget } from "./run-budget.ts";
import type { Runs } from "./runs.ts";

/** What starting invocations acts on. */
export interface StartParts {
  readonly environment: number;
  readonly home: EnvironmentHome;
  readonly generic: GenericEnvironment;
  readonly limits: VersionDefinition;
  readonly runs: Runs;
  readonly budget: RunBudget;
  readonly pending: GuestPending;
  readonly logs: LogGate;
  /** Whether the environment may start anything. */
  readonly isOpen: () => boolean;
  /** The `timeout` of a run that begins now, with so much more for what may follow in it. */
  readonly limitMs: (extraMs: number) => number;
  /** One run of the guest. */
  readonly run: (act: () => Promise<unknown> | undefined) => void;
}

/** Starts the invocations of one environment: one after the other, as many at once as may be, several in one run. */
export class GuestStarts {
  readonly #parts: StartParts;
  readonly #mailbox = new Mailbox();
  #isWorking = false;
  /** Whether the present run may go on with others. */
  #mayFollow = false;
  #current = 0;

  constructor(parts: StartParts) {
    this.#parts = parts;
  }

  /** The invocation that was started last. */
  get current(): number {
    return this.#current;
  }

  /** Whether one waits that may run now. */
  get hasNext(): boolean {
    const { runs, limits } = this.#parts;
    return this.#mailbox.size > 0 && runs.size < limits.concurrency;
  }

  /** Takes an invocation into the mailbox, for `work` to start. */
  accept(message: InvokeMessage): void {
    this.#mailbox.push(message);
  }

  /** Hands back what is in the mailbox. */
  recall(): void {
    const { environment, home } = this.#parts;
    for (const [, , number] of this.#mailbox.empty()) home.send([ToHost.Returned, environment, number]);
  }

  /** Forgets what is in the mailbox. */
  clear(): void {
    this.#mailbox.empty();
  }

  /** Starts what is in the mailbox, as many as may run at once. */
  readonly work = (): void => {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#parts.isOpen() && this.hasNext) {
      const next = this.#mailbox.shift();
      if (!next) break;
      this.#start(next);
      if (this.#mailbox.size === 0 || this.#parts.home.breathe()) continue;
      this.#workLater();
      break;
    }
    this.#isWorking = false;
  };

  #workLater(): void {
    const { home } = this.#parts;
    home.waits(1);
    setImmediate(() => {
      home.waits(-1);
      this.work();
    });
  }

  /**
   * The next invocation, given to the guest within the run of the one it has just finished: only small ones of functions
   * that were quick lately follow, for none of a run is answered before its end.
   */
  next(): string | undefined {
    if (!this.#mayFollow || this.#parts.runs.size > 0 || !this.#parts.isOpen()) return undefined;
    const { following } = this.#mailbox;
    this.#mayFollow = following !== undefined && this.#fits(following);
    if (!this.#mayFollow || !following) return undefined;
    this.#mailbox.shift();
    if (!this.#begin(following)) return this.next();
    const [, , number, requestId, timeoutMs, payload, extras] = following;
    return nextText(number, requestId, Date.now() + timeoutMs, payload, extras);
  }

  #fits([, , , , timeoutMs]: InvokeMessage): boolean {
    const { environment, home, budget, limits } = this.#parts;
    return budget.allows(timeoutMs, limits.cpuMs) && home.goesOn(environment);
  }

  #start(message: InvokeMessage): void {
    if (!this.#begin(message)) return;
    const [, , number, requestId, timeoutMs, payload, extras] = message;
    const { generic, runs, pending, limitMs, run } = this.#parts;
    pending.thaw();
    const deadline = Date.now() + timeoutMs;
    const mayFollow = this.#mailbox.following !== undefined && !generic.isInspected;
    this.#mayFollow = mayFollow;
    run(() => {
      const args: Parameters<GuestEntries["invoke"]> = [number, requestId, deadline, payload, extras];
      const over = generic.enter(generic.entries.invoke, args, limitMs(mayFollow ? FOLLOWING_MS : 0));
      runs.yielded(this.#current);
      return over;
    });
    this.#mayFollow = false;
  }

  #begin([, , number, requestId, timeoutMs]: InvokeMessage): boolean {
    const { environment, home, runs, logs, pending } = this.#parts;
    if (!home.started(number)) {
      // The host has taken it back, and whoever else was given it runs it.
      home.send([ToHost.Returned, environment, number]);
      return false;
    }
    runs.start(number, requestId, timeoutMs);
    this.#current = number;
    logs.begin();
    pending.calls.begin();
    return true;
  }
}
