import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The processes that a process has started and that are there, as Linux tells. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((other) => Number.isInteger(other) && parentOf(other) === pid);
}

export function isThere(pid: number): boolean {
  // One that nobody has waited for yet is over, too.
  return existsSync(`/proc/${pid}`) && !["Z", "X"].includes(statOf(pid)[0] ?? "X");
}

export function commandOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
}

/** What its file descriptors are open on, by number. */
export function filesOf(pid: number): Map<number, string> {
  const folder = `/proc/${pid}/fd`;
  const files = new Map<number, string>();
  for (const file of readdirSync(folder)) {
    try {
      files.set(Number(file), readlinkSync(`${folder}/${file}`));
    } catch {
      // Closed by now, as the one is by which one's own folder is read.
    }
  }
  return files;
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

/** State, parent and the rest; the name before them may hold anything. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
