import { readdirSync, readFileSync } from "node:fs";

/** Facts of a process with everything it has started, read from /proc. Only Linux has that. */

const MB_PER_KB = 1 / 1_024;
const S_PER_NS = 1e-9;
const S_PER_US = 1e-6;

/** Whether the functions below can be used. */
export function canReadProcesses(): boolean {
  return process.platform === "linux";
}

/** This process and its descendants. */
export function processTree(root: number = process.pid): number[] {
  const children = Map.groupBy(readdirSync("/proc").filter(isNumber).map(Number), parentOf);
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}

/** The fourth field; the second is a name in parentheses, which may hold anything. */
function parentOf(pid: number): number {
  const text = readOr(`/proc/${pid}/stat`, "");
  return Number(
    text
      .slice(text.lastIndexOf(")") + 1)
      .trim()
      .split(" ")[1],
  );
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // It has ended meanwhile.
  }
}

/**
 * CPU time in seconds: exact for this process, whose ended threads count too; for others that of the threads they
 * have, to the nanosecond.
 */
export function cpuSeconds(others: readonly number[]): number {
  const { user, system } = process.cpuUsage();
  const ofOthers = others.filter((pid) => pid !== process.pid).map(cpuSecondsOf);
  return ofOthers.reduce((sum, seconds) => sum + seconds, (user + system) * S_PER_US);
}

function cpuSecondsOf(pid: number): number {
  const perTask = tasksOf(pid).map((task) =>
    Number(readOr(`/proc/${pid}/task/${task}/schedstat`, "0").split(" ")[0]),
  );
  return perTask.reduce((sum, ns) => sum + ns, 0) * S_PER_NS;
}

export interface Memory {
  /** Resident memory of each process added up; what processes share counts in each. */
  readonly rssMb: number;
  /** The same with what is shared divided among those that share it. */
  readonly pssMb: number;
}

/** Memory of the processes, in MB. */
export function memoryOf(pids: readonly number[]): Memory {
  const sum = (field: string): number =>
    pids.reduce((total, pid) => total + fieldOf(readOr(`/proc/${pid}/smaps_rollup`, ""), field), 0) *
    MB_PER_KB;
  return { rssMb: sum("Rss"), pssMb: sum("Pss") };
}

function fieldOf(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
}

function readOr(file: string, fallback: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return fallback;
  }
}
