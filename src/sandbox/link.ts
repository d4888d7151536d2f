import type { CellMessage, HostMessage } from "../cell/protocol.ts";

/** What a link tells its owner. */
export interface LinkListener {
  batch(messages: readonly CellMessage[]): void;
  /** The cell's program has ended, for whatever reason; nothing more will come. Called once. */
  exited(reason: string): void;
}

/** How far an invocation is: not taken up, done (its answer is on the way), or running for so many milliseconds. */
export type InvocationProgress = "waiting" | "finished" | number;

/** What a busy cell is doing, read without asking it. */
export interface CellProgress {
  /** The environment it is running at this moment; 0 when none. */
  runningEnvironment(): number;
  invocation(number: number): InvocationProgress;
  /** Keeps an invocation from starting. False when it has started already; then nothing changes. */
  revoke(number: number): boolean;
}

/** The host's end of a transport to one cell. Nothing in it waits. */
export interface CellLink {
  post(batch: readonly HostMessage[]): void;
  readonly progress: CellProgress;
  /** Whether the cell keeps the host's process alive. */
  hold(alive: boolean): void;
  /** Ends an idle cell in good order. Resolves when it is gone, or when it can't be ended and has been abandoned. */
  end(): Promise<void>;
  /** Gives the cell up: no word from it counts any more, and it is ended if that is possible at all. */
  abandon(): void;
}

/** Starts a cell and gives the link to it. */
export type Launch = (listener: LinkListener) => CellLink;
