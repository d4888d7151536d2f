import type { KillReport } from "../invocation/kill-report.ts";

/** What others keep on an environment. */
export class Marks {
  /** When it last became idle, on the monotonic scale. Kept by the idle list. */
  idleSinceMs: number = 0;
  /** When it was last seen to get on, on the monotonic scale: it was given work while idle, or finished some. */
  progressMs: number = 0;
  /** Whether its pool has it among those with a free place. */
  listed: boolean = false;
  /** Memory it was last seen to use. */
  memoryBytes: number = 0;
  kill: KillReport | undefined;
  /** Memory that the engine's budget counts for it. */
  accountedBytes: number = 0;
}
