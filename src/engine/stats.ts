import type { FunctionVersion } from "../functions/function-version.ts";
import type { IdleList } from "../pool/idle-list.ts";
import type { PoolStats } from "../pool/parts.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Scheduler, SchedulerStats } from "../scheduler/scheduler.ts";
import type { LiveVersion } from "./live-version.ts";

/** The environments of one version. */
export interface VersionStats extends PoolStats {
  readonly functionName: string;
  readonly functionVersion: string;
}

/** An engine at one moment. */
export interface EngineStats {
  readonly scheduler: SchedulerStats;
  readonly pools: readonly VersionStats[];
  readonly environments: {
    readonly starting: number;
    readonly idle: number;
    readonly busy: number;
    /** Memory of all of them, in bytes, as last measured. */
    readonly memoryBytes: number;
  };
  readonly cells: {
    readonly running: number;
    /** Cells given up or ended by themselves. */
    readonly lost: number;
    readonly environments: readonly number[];
  };
}

export function engineStats(
  live: ReadonlyMap<FunctionVersion, LiveVersion>,
  scheduler: Scheduler,
  sandboxes: readonly Sandbox[],
  idle: IdleList,
): EngineStats {
  const pools = [...live.values()].map(({ version, pools: ofVersion }) => ({
    functionName: version.functionName,
    functionVersion: version.version,
    ...ofVersion.stats(),
  }));
  const sum = (key: "starting" | "idle" | "busy"): number =>
    pools.reduce((total, pool) => total + pool[key], 0);
  const cells = sandboxes.flatMap((sandbox) => sandbox.cells);
  return {
    scheduler: scheduler.stats(),
    pools,
    environments: {
      starting: sum("starting"),
      idle: sum("idle"),
      busy: sum("busy"),
      memoryBytes: idle.totalBytes,
    },
    cells: {
      running: cells.length,
      lost: sandboxes.reduce((total, { lostCells }) => total + lostCells, 0),
      environments: cells.map((cell) => cell.environments),
    },
  };
}
