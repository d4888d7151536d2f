import { writeSync } from "node:fs";
import { inspect } from "node:util";
import { isMainThread } from "node:worker_threads";

/** A thread of cells', as the process's exit sees it. */
export interface GuardedThread {
  /** Whether it was to end before, and did not in time. */
  readonly isStuck: boolean;
  /** Has it end by itself, after what it does now. */
  askToLeave(): void;
  /** Waits for it to be about to end, for at most so long; whether it is. */
  awaitLeaving(limitMs: number): boolean;
}

/** How long the process's exit waits for its threads to end by themselves, together. */
const LEAVE_LIMIT_MS = 200;

const threads = new Set<GuardedThread>();
let installed = false;
/** What nobody caught and the process now ends over. Node would print it only after its exit listeners. */
let fatal: { readonly error: unknown } | undefined;

/**
 * Sees to this thread when the process exits. Node ends what threads there are then, which isolated-vm may not survive (see
 * `leave` in `cell/thread-port.ts`), so they are asked to end by themselves. One whose isolate can't be interrupted does
 * not, and can't be ended either; Node would wait for it for ever. The process then leaves by replacing itself with a
 * shell that exits with the host's own exit code.
 */
export function guardThread(thread: GuardedThread): void {
  threads.add(thread);
  if (installed) return;
  installed = true;
  process.on("exit", leave);
  process.on("uncaughtExceptionMonitor", (error) => {
    const isHandled =
      process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback();
    if (!isHandled) fatal = { error };
  });
}

/** The thread has ended. */
export function forgetThread(thread: GuardedThread): void {
  threads.delete(thread);
}

/** Whether all threads are about to end by themselves. */
function allLeave(): boolean {
  for (const thread of threads) thread.askToLeave();
  const giveUpMs = performance.now() + LEAVE_LIMIT_MS;
  return [...threads].every((thread) =>
    thread.awaitLeaving(thread.isStuck ? 0 : Math.max(0, giveUpMs - performance.now())),
  );
}

function leave(exitCode: number): void {
  if (allLeave() || process.platform === "win32" || !isMainThread) return;
  // Listeners added after this one have a right to run, and a say in the exit code.
  const listeners = process.listeners("exit");
  for (const listener of listeners.slice(listeners.indexOf(leave) + 1)) listener.call(process, exitCode);
  const code = Number(process.exitCode ?? exitCode);
  if (fatal) writeSync(process.stderr.fd, `${inspect(fatal.error)}\n\nNode.js ${process.version}\n`);
  process.emitWarning = () => undefined;
  process.execve?.("/bin/sh", ["sh", "-c", `exit ${Number.isInteger(code) ? code & 255 : 1}`], {});
}
