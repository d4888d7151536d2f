import { writeSync } from "node:fs";
import { inspect } from "node:util";

/**
 * A thread whose isolate can't be interrupted can't be ended either, and Node waits for its threads when it exits: the
 * host would hang for ever because of a guest. While such threads exist, the process leaves by replacing itself with a
 * shell that exits with the host's own exit code.
 */
const abandoned = new Set<object>();
let installed = false;
/** What nobody caught and the process now ends over. Node would print it only after its exit listeners. */
let fatal: { readonly error: unknown } | undefined;

/** From now on the process may leave although this thread never ends. */
export function abandonThread(thread: object): void {
  abandoned.add(thread);
  if (installed) return;
  installed = true;
  process.on("exit", leave);
  process.on("uncaughtExceptionMonitor", (error) => {
    const isHandled =
      process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback();
    if (!isHandled) fatal = { error };
  });
}

/** The thread did end after all. */
export function forgetThread(thread: object): void {
  abandoned.delete(thread);
}

function leave(exitCode: number): void {
  if (abandoned.size === 0 || process.platform === "win32") return;
  // Listeners added after this one have a right to run, and a say in the exit code.
  const listeners = process.listeners("exit");
  for (const listener of listeners.slice(listeners.indexOf(leave) + 1)) listener.call(process, exitCode);
  const code = Number(process.exitCode ?? exitCode);
  if (fatal) writeSync(process.stderr.fd, `${inspect(fatal.error)}\n\nNode.js ${process.version}\n`);
  process.emitWarning = () => undefined;
  process.execve?.("/bin/sh", ["sh", "-c", `exit ${Number.isInteger(code) ? code & 255 : 1}`], {});
}
