import type { Clock } from "../../src/base/clock.ts";
import {
  ToCell,
  ToHost,
  type CellMessage,
  type EndReason,
  type HostMessage,
  type InvokeMessage,
} from "../../src/cell/protocol.ts";
import type {
  CellLink,
  CellProgress,
  InvocationProgress,
  Launch,
  LinkListener,
} from "../../src/sandbox/link.ts";
import { Sandbox, type SandboxOptions, type SandboxVersion } from "../../src/sandbox/sandbox.ts";

/** An environment as a cell knows it. */
interface Inhabitant {
  readonly concurrency: number;
  /** Invocations it has not answered, in the order they came: the first of them run, the rest are its mailbox. */
  unanswered: number[];
}

/**
 * A cell whose answers a test gives by hand; only a recall it answers by itself, as every cell does at once. It keeps what
 * it was sent.
 */
export class FakeCell implements CellLink {
  readonly sent: HostMessage[] = [];
  readonly #listener: LinkListener;
  readonly #clock: Clock;
  readonly #startedMs = new Map<number, number>();
  readonly #finished = new Set<number>();
  readonly #concurrency = new Map<number, number>();
  readonly #inhabitants = new Map<number, Inhabitant>();
  /** Numbers of the invocations it has handed back. */
  readonly returned = new Set<number>();
  /** Numbers of the invocations that the host has taken back; the cell answers them when it gets to them. */
  readonly revoked = new Set<number>();
  readonly #recalledLate: number[] = [];
  #isHeld = false;
  runningEnvironment = 0;
  /** The run that it is in; a test raises it for another. */
  run = 1;
  held = false;
  ends = 0;
  abandoned = false;
  patienceMs = 250;
  usedBytes = 0;

  constructor(listener: LinkListener, clock: Clock) {
    this.#listener = listener;
    this.#clock = clock;
  }

  post(batch: readonly HostMessage[]): void {
    this.sent.push(...batch);
    for (const message of batch) this.#note(message);
  }

  #note(message: HostMessage): void {
    switch (message[0]) {
      case ToCell.Define:
        this.#concurrency.set(message[1], message[2].concurrency);
        return;
      case ToCell.Create: {
        const concurrency = this.#concurrency.get(message[2]) ?? 1;
        this.#inhabitants.set(message[1], { concurrency, unanswered: [] });
        return;
      }
      case ToCell.Invoke:
        this.#inhabitants.get(message[1])?.unanswered.push(message[2]);
        return;
      case ToCell.Dispose:
        this.#inhabitants.delete(message[1]);
        return;
      case ToCell.Recall:
        if (this.#isHeld) this.#recalledLate.push(message[1]);
        else this.#recall(message[1]);
        return;
      default:
        return;
    }
  }

  #recall(environment: number): void {
    const inhabitant = this.#inhabitants.get(environment);
    if (!inhabitant) return;
    const { concurrency } = inhabitant;
    const unanswered = inhabitant.unanswered.filter((number) => !this.#finished.has(number));
    const startable = unanswered.filter((number) => !this.revoked.has(number));
    for (const number of startable.slice(0, concurrency)) this.start(number);
    inhabitant.unanswered = unanswered.filter((number) => this.#startedMs.has(number));
    const returned = unanswered.filter((number) => !this.#startedMs.has(number));
    for (const number of returned) this.returned.add(number);
    if (returned.length === 0) return;
    queueMicrotask(() =>
      this.say(...returned.map((number) => [ToHost.Returned, environment, number] as const)),
    );
  }

  readonly progress: CellProgress = {
    running: () =>
      this.runningEnvironment === 0 ? undefined : { environment: this.runningEnvironment, run: this.run },
    revoke: (number) => {
      if (this.progress.invocation(number) !== "waiting") return false;
      this.revoked.add(number);
      return true;
    },
    invocation: (number) => this.#progressOf(number),
  };

  #progressOf(number: number): InvocationProgress {
    if (this.#finished.has(number)) return "finished";
    const startedMs = this.#startedMs.get(number);
    return startedMs === undefined ? "waiting" : this.#clock.monotonicMs() - startedMs;
  }

  /** One run of an environment begins that goes on for long: the cell takes nothing up meanwhile. */
  holdBy(environment: number): void {
    this.#isHeld = true;
    this.runningEnvironment = environment;
    this.run++;
  }

  /** That run is over; what was taken back or recalled meanwhile is answered. */
  release(): void {
    this.#isHeld = false;
    this.runningEnvironment = 0;
    for (const environment of this.#recalledLate.splice(0)) this.#recall(environment);
    for (const [environment, inhabitant] of this.#inhabitants) {
      const refused = inhabitant.unanswered.filter((number) => this.revoked.has(number));
      inhabitant.unanswered = inhabitant.unanswered.filter((number) => !this.revoked.has(number));
      for (const number of refused) this.say([ToHost.Returned, environment, number]);
    }
  }

  hold(alive: boolean): void {
    this.held = alive;
  }

  memoryBytes(): number {
    return this.usedBytes;
  }

  async end(): Promise<void> {
    this.ends++;
  }

  abandon(): void {
    this.abandoned = true;
  }

  say(...messages: readonly CellMessage[]): void {
    this.#listener.batch(messages);
  }

  exit(reason = "exit code 1"): void {
    this.#listener.exited(`the cell ended: ${reason}`, "exit");
  }

  ready(): void {
    this.say([ToHost.Ready]);
  }

  initialized(environment: number, initMs = 5, heapBytes = 1_000): void {
    this.say([ToHost.Initialized, environment, initMs, 1, heapBytes]);
  }

  initFailed(environment: number, errorType = "Error", reason: EndReason = "init-error"): void {
    this.say([
      ToHost.InitFailed,
      environment,
      reason,
      JSON.stringify({ errorType, errorMessage: "init" }),
      5,
      1,
      "",
    ]);
  }

  /** Takes up an invocation. */
  start(number: number): void {
    if (!this.#startedMs.has(number)) this.#startedMs.set(number, this.#clock.monotonicMs());
  }

  /** An invocation is done; its answer is on the way. */
  finish(number: number): void {
    this.start(number);
    this.#finished.add(number);
  }

  done(environment: number, number: number, text = "1", heapBytes = 0, durationMs = 2, cpuMs = 1): void {
    this.finish(number);
    const inhabitant = this.#inhabitants.get(environment);
    if (inhabitant) inhabitant.unanswered = inhabitant.unanswered.filter((other) => other !== number);
    this.say([ToHost.Done, environment, number, 0, text, durationMs, cpuMs, heapBytes, true, ""]);
  }

  ended(environment: number, reason: EndReason = "exit"): void {
    this.#inhabitants.delete(environment);
    this.say([ToHost.Ended, environment, reason, ""]);
  }

  /** What was sent of one kind. */
  all<Kind extends HostMessage[0]>(kind: Kind): Extract<HostMessage, readonly [Kind, ...unknown[]]>[] {
    return this.sent.filter(
      (message): message is Extract<HostMessage, readonly [Kind, ...unknown[]]> => message[0] === kind,
    );
  }

  /** Ids of the environments made here that were not told to end. */
  get environments(): number[] {
    const disposed = new Set(this.all(ToCell.Dispose).map(([, id]) => id));
    return this.all(ToCell.Create)
      .map(([, id]) => id)
      .filter((id) => !disposed.has(id));
  }

  get invocations(): InvokeMessage[] {
    return this.all(ToCell.Invoke);
  }
}

/** Cells by hand: what a launcher of them has started so far. */
export function fakeCells(clock: Clock): { cells: FakeCell[]; launch: Launch } {
  const cells: FakeCell[] = [];
  const launch: Launch = (listener) => {
    const cell = new FakeCell(listener, clock);
    cells.push(cell);
    return cell;
  };
  return { cells, launch };
}

/** Options of a sandbox with one cell and no further wishes. */
export const PLAIN = {
  cellCount: 1,
  isPerTenant: false,
  maxTenants: 10,
  maxEnvironments: 1_000,
  prepared: 1,
  spares: 0,
  memoryMb: 0,
  recycleAfter: 0,
} as const;

/** A sandbox over cells by hand. */
export function fakeSandbox(
  clock: Clock,
  options: Partial<SandboxOptions> = {},
): { sandbox: Sandbox; cells: FakeCell[]; lost: string[] } {
  const { cells, launch } = fakeCells(clock);
  const lost: string[] = [];
  const onCellLost = (reason: string): void => void lost.push(reason);
  const sandbox = new Sandbox({ ...PLAIN, launch, clock, onCellLost, ...options });
  return { sandbox, cells, lost };
}

let versionId = 0;

export function makeVersion(memoryMb = 128, concurrency = 1): SandboxVersion {
  const definition = {
    factsText: "{}",
    source: "",
    format: "esm",
    filename: "/var/task/index.mjs",
    memoryMb,
    concurrency,
    cpuMs: 3_000,
    logLines: 10,
    logBytes: 1_024,
    timers: 10,
    hostCalls: 10,
    errorBytes: 1_024,
    inspect: "off",
    cachedData: undefined,
    pack: undefined,
  } as const;
  return { id: ++versionId, memoryMb, definition: () => definition };
}

/** Lets what a host has to say, now and in reaction to what it was told, reach its cells. */
export async function flush(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
