import type { GuestAssets } from "./assets.ts";
import type { CellMessage } from "./protocol.ts";

/** What an environment needs of its cell. */
export interface EnvironmentHome {
  readonly assets: GuestAssets;
  send(message: CellMessage): void;
  /** The environment has ended; it must be forgotten. */
  ended(environment: number): void;
  enter(environment: number): void;
  leave(): void;
  /** Notes that an invocation starts; false when the host has taken it back. */
  started(number: number): boolean;
  /** Between two runs of one turn. False when the turn has become long and others should have theirs. */
  breathe(): boolean;
  /** Between two invocations of one run: whether the next may follow at once. */
  goesOn(environment: number): boolean;
  /** That so many more things (fewer, below 0) are under way which go on by timers or turns of the loop. */
  waits(change: 1 | -1): void;
  /** The invocation is done; its answer follows. */
  finished(number: number): void;
}
