import type { CellMessage, HostMessage } from "../cell/protocol.ts";
import type { LossCause } from "./listener.ts";

/** What a link tells its owner. */
export interface LinkListener {
  batch(messages: readonly CellMessage[]): void;
  /** The cell is no more, `exit` when it ended by itself; nothing more will come. Called once. */
  exited(reason: string, cause: LossCause): void;
}

/** How far an invocation is: not taken up, done (its answer is on the way), or running for so many milliseconds. */
export type InvocationProgress = "waiting" | "finished" | number;

/** What runs on a cell's thread. */
export interface RunningGuest {
  readonly environment: number;
  /** Tells this run from any other of the cell's. */
  readonly run: number;
}

/** What a busy cell is doing, read without asking it. */
export interface CellProgress {
  /** What runs in it at this moment. */
  running(): RunningGuest | undefined;
  invocation(number: number): InvocationProgress;
  /** Keeps an invocation from starting. False when it has started already, or might have; then nothing changes. */
  revoke(number: number): boolean;
}

/** The host's end of a transport to one cell. Nothing in it waits. */
export interface CellLink {
  post(batch: readonly HostMessage[]): void;
  readonly progress: CellProgress;
  /**
   * How long a guest that was told to end may go on holding its cell before the cell is given up, in milliseconds. A
   * thread is given up for good and so reluctantly; a process is killed and nothing of it remains.
   */
  readonly patienceMs: number;
  /** Memory that the cell alone takes, in bytes; 0 when that can't be told. */
  memoryBytes(): number;
  /** Whether the cell keeps the host's process alive. */
  hold(alive: boolean): void;
  /** Ends an idle cell in good order. Resolves when it is gone, or when it can't be ended and has been abandoned. */
  end(): Promise<void>;
  /** Gives the cell up: no word from it counts any more, and it is ended if that is possible at all. */
  abandon(): void;
}

/** Starts a cell and gives the link to it. */
export type Launch = (listener: LinkListener) => CellLink;
