import { readdirSync, readFileSync } from "node:fs";

const PAGE_BYTES = 4_096;
const BYTES_PER_MB = 1_048_576;

/** Processes of this one that run cells; none where the system doesn't tell. */
export function cellProcesses(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(isCell);
  } catch {
    return [];
  }
}

/** Resident memory of a process in MB; what it shares with others counts in full. */
export function rssMbOf(pid: number): number {
  const [, resident = "0"] = read(pid, "statm").split(" ");
  return (Number(resident) * PAGE_BYTES) / BYTES_PER_MB;
}

function isCell(pid: number): boolean {
  if (!Number.isInteger(pid)) return false;
  const stat = read(pid, "stat");
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  return parent === process.pid && read(pid, "cmdline").includes("process.js");
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
