import { readdirSync, readFileSync } from "node:fs";

const BYTES_PER_MB = 1_048_576;

/** How large this process is. */
export interface ProcessFacts {
  readonly rssMb: number;
  /** Open file descriptors; 0 where the system doesn't tell. */
  readonly files: number;
  /** Processes it has started; 0 where the system doesn't tell. */
  readonly children: number;
}

export function processFacts(): ProcessFacts {
  return {
    rssMb: process.memoryUsage.rss() / BYTES_PER_MB,
    files: list("/proc/self/fd").length,
    children: children().length,
  };
}

/** Cells of this process. */
export function cells(): number[] {
  return children().filter((pid) => read(`/proc/${pid}/cmdline`).includes("process.js"));
}

function children(): number[] {
  return list("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === process.pid);
}

function parentOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The name before may hold anything.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
