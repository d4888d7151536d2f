import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { nothingFrom } from "./inherited-files.ts";

const SHELL = "/bin/sh";

/**
 * Reads `+pid` and `-pid` lines, and when its input ends, which is when the host is gone, kills what was added and not
 * taken back. It ignores what a terminal sends to the whole group, for the host may outlive that.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT
pids=' '
while read -r line; do
  pid=\${line#?}
  case $line in
    +*) pids="$pids$pid " ;;
    -*) case $pids in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
  esac
done
[ "$pids" = ' ' ] || kill -9 $pids 2>/dev/null
`;

const cells = new Set<number>();
let reaper: ChildProcess | undefined;
let isListening = false;

/**
 * Has a cell's process die with the host, however the host dies. A cell sees its host's end by itself, but not while a
 * guest holds its thread; so a shell that only waits for its input to end kills what is left. Without a shell, or should
 * somebody kill it, the host still kills its cells when it exits by itself.
 *
 * Gives the function that forgets the cell when it has ended.
 */
export function registerCell(pid: number): () => void {
  if (!isListening) process.on("exit", killAll);
  isListening = true;
  cells.add(pid);
  tell(`+${pid}`);
  return () => {
    if (cells.delete(pid)) tell(`-${pid}`);
  };
}

function killAll(): void {
  for (const pid of cells) kill(pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function tell(line: string): void {
  const running = (reaper ??= start());
  running?.stdin?.write(`${line}\n`, () => undefined);
}

function start(): ChildProcess | undefined {
  if (!existsSync(SHELL)) return undefined;
  const child = spawn(SHELL, ["-c", SCRIPT], {
    cwd: "/",
    env: {},
    stdio: ["pipe", "ignore", "ignore", ...nothingFrom(3)],
    detached: true,
  });
  const lost = (): void => {
    if (reaper === child) reaper = undefined;
  };
  child.on("error", lost);
  child.on("exit", lost);
  const { stdin } = child;
  stdin?.on("error", () => undefined);
  child.unref();
  (stdin as { unref?(): void } | null)?.unref?.();
  for (const pid of cells) stdin?.write(`+${pid}\n`);
  return child;
}
