import { ToCell, ToHost } from "../cell/protocol.ts";
import type { CellMessage, HostMessage } from "../cell/protocol.ts";
import { LedgerEntry } from "./ledger-entry.ts";
import type { Allowance } from "./ledger-entry.ts";
import type { CellProgress } from "./link.ts";

/** A cell has said, or left undone, what no honest cell does. */
class BreachError extends Error {}

/** Environments that were ended while words of theirs may have been on the way; of more the oldest are forgotten. */
const FORMER_LIMIT = 16_384;

/** Looks in a row at which something must have been left lying that could have been done. */
const IDLE_LOOKS = 5;

/**
 * What a cell was asked for, and so all that it may say: an honest cell answers each thing once and says nothing else, so
 * that whatever doesn't fit is a breach: an answer that comes twice, early, or for what was never sent; an environment that
 * isn't there; more log than the limits let through. It is bounded by what was asked, whatever the cell does.
 */
export class CellLedger {
  readonly #progress: CellProgress;
  readonly #versions = new Map<number, Allowance>();
  readonly #present = new Map<number, LedgerEntry>();
  /** Ended by the host. What the cell said before it heard of that is on the way. */
  readonly #former = new Map<number, LedgerEntry>();
  readonly #jobs = new Set<number>();
  /** Pings that were not answered, and at how many looks the cell could have. */
  readonly #pings = new Map<number, number>();
  #isReady = false;

  constructor(progress: CellProgress) {
    this.#progress = progress;
  }

  /** Whether the cell owes an answer to anything whose limit counts from its start. */
  get owes(): boolean {
    if (this.#pings.size > 0) return true;
    for (const { owed } of this.#present.values()) if (owed.size > 0) return true;
    return false;
  }

  /** The cell is sent a message. */
  told(message: HostMessage, nowMs: number): void {
    switch (message[0]) {
      case ToCell.Invoke:
        this.#present.get(message[1])?.sent(message[2], nowMs, message[4]);
        return;
      case ToCell.Create:
        this.#present.set(message[1], new LedgerEntry(this.#versions.get(message[2])));
        return;
      case ToCell.Reply:
        if (message[3] === 0) this.#present.get(message[1])?.sentPart();
        else this.#present.get(message[1])?.closed(message[2]);
        return;
      case ToCell.Shutdown:
        this.#present.get(message[1])?.ending();
        return;
      case ToCell.Dispose:
        return this.#dismiss(message[1]);
      case ToCell.Define:
        this.#versions.set(message[1], message[2]);
        return;
      case ToCell.Forget:
        this.#versions.delete(message[1]);
        return;
      case ToCell.Compile:
        this.#jobs.add(message[1]);
        return;
      case ToCell.Ping:
        this.#pings.set(message[1], 0);
        return;
      default:
    }
  }

  /** The cell has said something. @throws BreachError when it had no reason to. */
  heard(message: CellMessage): void {
    if (this.#isReady === (message[0] === ToHost.Ready)) throw new BreachError("it was not ready, or twice");
    switch (message[0]) {
      case ToHost.Done:
      case ToHost.Returned:
        if (!this.#of(message[1]).owed.delete(message[2]))
          throw new BreachError(`it answered invocation ${message[2]}, which is not in flight there`);
        return;
      case ToHost.Log:
        if (!this.#of(message[1]).log(message[4]))
          throw new BreachError("it logged more than the limits of a log let through");
        return;
      case ToHost.Call:
        if (!this.#of(message[1]).opened(message[2]))
          throw new BreachError("it opened more calls than the limit lets through, or one twice");
        return;
      case ToHost.CallMore:
        if (!this.#of(message[1]).sentMore())
          throw new BreachError("it sent more for its calls than the limit lets through");
        return;
      case ToHost.CallEnd:
        this.#of(message[1]).closed(message[2]);
        return;
      case ToHost.Inspected:
        if (!this.#of(message[1]).isInspected)
          throw new BreachError("it spoke to a debugger that can't be there");
        return;
      case ToHost.Listens:
        if (!this.#of(message[1]).listens()) throw new BreachError("it asked twice to be told of an end");
        return;
      case ToHost.Initialized:
        return this.#initEnded(this.#of(message[1]));
      case ToHost.InitFailed:
        this.#initEnded(this.#of(message[1]));
        return this.#forget(message[1]);
      case ToHost.Ended:
        this.#of(message[1]);
        return this.#forget(message[1]);
      case ToHost.Compiled:
        if (!this.#jobs.delete(message[1])) throw new BreachError("it compiled what it was not given");
        return;
      case ToHost.Pong:
        if (!this.#pings.delete(message[1])) throw new BreachError("it answered a ping that was not sent");
        return;
      case ToHost.Ready:
        this.#isReady = true;
    }
  }

  /**
   * Looks whether the cell does what it has to do; to be called in turns of some time. Limits count from an invocation's
   * start, so that a cell that starts none would keep its callers waiting for ever.
   * @throws BreachError when it has been idle, beside work that is overdue, for five looks in a row.
   */
  look(nowMs: number): void {
    const running = this.#progress.running()?.environment ?? 0;
    const isIdle = this.#jobs.size === 0 && !this.#present.get(running)?.isAtWork(this.#progress);
    for (const [number, looks] of this.#pings) this.#pings.set(number, this.#count(looks, isIdle));
    for (const [environment, entry] of this.#present) {
      if (entry.owed.size === 0) continue;
      const mayStart = isIdle && !entry.hasStarted(this.#progress);
      for (const [number, owed] of entry.owed) {
        const isDone = this.#progress.invocation(number) === "finished";
        // What is done is answered when its run is over, which has a limit.
        const isLeft = isDone ? running !== environment || nowMs > owed.overdueMs + owed.limitMs : mayStart;
        owed.idleLooks = this.#count(owed.idleLooks, isLeft && nowMs > owed.overdueMs);
      }
    }
  }

  #count(looks: number, isLeft: boolean): number {
    if (!isLeft) return 0;
    if (looks >= IDLE_LOOKS - 1) throw new BreachError("it did not do what it was told to");
    return looks + 1;
  }

  #of(environment: number): LedgerEntry {
    const entry = this.#present.get(environment) ?? this.#former.get(environment);
    if (!entry) throw new BreachError(`it spoke of environment ${environment}, which it does not have`);
    return entry;
  }

  #initEnded(entry: LedgerEntry): void {
    if (!entry.isStarting) throw new BreachError("it told of an init that was over");
    entry.isStarting = false;
  }

  /** By the cell's own word, which is its last on it. */
  #forget(environment: number): void {
    this.#present.delete(environment);
    this.#former.delete(environment);
  }

  #dismiss(environment: number): void {
    const entry = this.#present.get(environment);
    if (!entry) return;
    this.#present.delete(environment);
    this.#former.set(environment, entry);
    const [oldest] = this.#former.keys();
    if (oldest !== undefined && this.#former.size > FORMER_LIMIT) this.#former.delete(oldest);
  }
}
