import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmdirSync, writeFile } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex, Readable } from "node:stream";
import type { ProcessLimits } from "../cell/process-start.ts";
import { nothingFrom } from "./inherited-files.ts";
import { processProgram } from "./program.ts";
import type { ProcessProgram } from "./program.ts";

const SHELL = "/bin/sh";

/**
 * No core dumps: one of a cell can take seconds and gigabytes. And no file over 32 KB or more: the only one it can write to
 * is its board, which may be the machine's memory. Only a shell can say so before the program starts. What shells add to
 * the environment is taken away again.
 */
const SHELL_SCRIPT = 'ulimit -c 0; ulimit -f 64; unset PWD OLDPWD SHLVL; exec "$0" "$@"';

/**
 * V8's and Node's flags of a cell.
 * - Loops that only call built-ins stay interruptible (as `ThreadLink` explains).
 * - Nothing of the file system but what loading takes; no processes, threads or inspectors; no network where Node's
 *   permission model covers it (Node 26). Native addons are allowed, for isolated-vm is one. The cell gives up the
 *   rights to both, files and addons, as soon as it has loaded.
 * - No `__proto__`, no code from strings, no warnings: this concerns the cell's own code, not the guests'.
 */
const FLAGS = [
  "--no-turboshaft-loop-unrolling",
  "--permission",
  "--allow-addons",
  "--disable-proto=delete",
  "--disallow-code-generation-from-strings",
  "--no-warnings",
];

/** Nothing of the host's. Guests see the time zone that functions have on Lambda. */
const CELL_ENVIRONMENT = { TZ: "UTC" };

/** A cell's process as it starts. */
export interface SpawnedCell {
  readonly child: ChildProcess;
  /** Frames, both ways. */
  readonly stream: Duplex;
  /** What V8 and the system say when the process dies. */
  readonly errors: Readable;
  /** Takes its working directory away, which is empty. It needs none once it has loaded. */
  removeFolder(): void;
}

/** Starts a cell in a process of its own that inherits a stream, `boardFile`, and nothing else of the host's. */
export function spawnCell(
  boardFile: number,
  limits: ProcessLimits,
  program: ProcessProgram = processProgram(),
): SpawnedCell {
  const folder = mkdtempSync(join(tmpdir(), "isolet-cell-"));
  const reads = program.reads.map((path) => `--allow-fs-read=${path}`);
  const own = [String(limits.maxTextBytes), String(limits.maxFrameBytes)];
  const command = [process.execPath, ...FLAGS, ...reads, program.path, ...own] as const;
  const isShellThere = existsSync(SHELL);
  const [file, ...args] = isShellThere ? ([SHELL, "-c", SHELL_SCRIPT, ...command] as const) : command;
  const child = spawn(file, args, {
    cwd: folder,
    env: CELL_ENVIRONMENT,
    // Standard input and output are of no use to it. What it says when it dies is.
    stdio: ["ignore", "ignore", "pipe", "pipe", boardFile, ...nothingFrom(5)],
    windowsHide: true,
  });
  preferForOutOfMemory(child.pid);
  const [, , errors, stream] = child.stdio;
  return {
    child,
    stream: stream as Duplex,
    errors: errors as Readable,
    removeFolder: () => removeFolder(folder),
  };
}

/** When the machine runs out of memory, Linux ends cells before their host. */
function preferForOutOfMemory(pid: number | undefined): void {
  if (process.platform === "linux" && pid !== undefined)
    writeFile(`/proc/${pid}/oom_score_adj`, "1000", () => undefined);
}

function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Gone already.
  }
}
