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

/** A cell whose answers a test gives by hand. It keeps what it was sent. */
export class FakeCell implements CellLink {
  readonly sent: HostMessage[] = [];
  readonly #listener: LinkListener;
  readonly #clock: Clock;
  readonly #startedMs = new Map<number, number>();
  readonly #finished = new Set<number>();
  lastStarted = 0;
  runningEnvironment = 0;
  held = false;
  ends = 0;
  abandoned = false;

  constructor(listener: LinkListener, clock: Clock) {
    this.#listener = listener;
    this.#clock = clock;
  }

  post(batch: readonly HostMessage[]): void {
    this.sent.push(...batch);
  }

  readonly progress: CellProgress = {
    runningEnvironment: () => this.runningEnvironment,
    invocation: (number) => this.#progressOf(number),
  };

  #progressOf(number: number): InvocationProgress {
    if (number > this.lastStarted) return "waiting";
    if (this.#finished.has(number)) return "finished";
    return this.#clock.monotonicMs() - (this.#startedMs.get(number) ?? -Infinity);
  }

  hold(alive: boolean): void {
    this.held = alive;
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
    this.#listener.exited(reason);
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
    ]);
  }

  /** Takes up an invocation and, since they are numbered in order, all before it. */
  start(number: number): void {
    while (this.lastStarted < number) this.#startedMs.set(++this.lastStarted, this.#clock.monotonicMs());
  }

  /** An invocation is done; its answer is on the way. */
  finish(number: number): void {
    this.start(number);
    this.#finished.add(number);
  }

  done(environment: number, number: number, text = "1", heapBytes = 0): void {
    this.finish(number);
    this.say([ToHost.Done, environment, number, 0, text, 2, 1, heapBytes]);
  }

  ended(environment: number, reason: EndReason = "exit"): void {
    this.say([ToHost.Ended, environment, reason]);
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

/** A sandbox over cells by hand. */
export function fakeSandbox(
  clock: Clock,
  options: Partial<SandboxOptions> = {},
): { sandbox: Sandbox; cells: FakeCell[]; lost: string[] } {
  const { cells, launch } = fakeCells(clock);
  const lost: string[] = [];
  const onCellLost = (reason: string): void => void lost.push(reason);
  const sandbox = new Sandbox({ cellCount: 1, prepared: 1, launch, clock, onCellLost, ...options });
  return { sandbox, cells, lost };
}

let versionId = 0;

export function makeVersion(memoryMb = 128): SandboxVersion {
  const definition = {
    factsText: "{}",
    source: "",
    format: "esm",
    filename: "/var/task/index.mjs",
    memoryMb,
    cachedData: undefined,
  } as const;
  return { id: ++versionId, memoryMb, definition: () => definition };
}

/** Lets what a host has to say, now and in reaction to what it was told, reach its cells. */
export async function flush(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
