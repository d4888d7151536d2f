import { invalidArgType } from "../shared/errors.ts";

type Refusal = (...args: unknown[]) => never;

/** Calls of `process` that reach out of an isolate, and why they can't. */
const REASONS: Readonly<Record<string, string>> = {
  binding: "Node's internals are not there",
  dlopen: "native addons can't be loaded; use a JavaScript or WebAssembly build of the package",
  execve: "there are no programs to run",
  loadEnvFile: "set the variables in the function's `environment`",
  setuid: "the user is fixed",
  seteuid: "the user is fixed",
  setgid: "the group is fixed",
  setegid: "the group is fixed",
  setgroups: "the groups are fixed",
  initgroups: "the groups are fixed",
};

export function refusals(): object {
  const all = Object.entries(REASONS).map(([name, why]) => [name, refusal(`process.${name}`, why)]);
  const report = {
    compact: false,
    directory: "",
    filename: "",
    reportOnFatalError: false,
    reportOnSignal: false,
    reportOnUncaughtException: false,
    signal: "SIGUSR2",
    getReport: refusal("process.report.getReport", "the process is the host's"),
    writeReport: refusal("process.report.writeReport", "the process is the host's"),
  };
  return { ...(Object.fromEntries(all) as Record<string, Refusal>), report, kill };
}

function refusal(name: string, why: string): Refusal {
  return () => {
    const error = new Error(`${name} is not available in a function: ${why}.`);
    throw Object.assign(error, { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" });
  };
}

/** Asks whether a process is there, which is allowed of its own; nothing can be sent. */
function kill(id: unknown, signal: unknown = "SIGTERM"): true {
  if (typeof id !== "number" && (typeof id !== "string" || !/^-?\d+$/.test(id)))
    throw invalidArgType("pid", "number", id);
  if (
    typeof signal === "string" &&
    !Object.hasOwn(process.getBuiltinModule("node:os").constants.signals, signal)
  ) {
    const unknown = new TypeError(`Unknown signal: ${signal}`);
    throw Object.assign(unknown, { code: "ERR_UNKNOWN_SIGNAL" });
  }
  if (id === process.pid && signal === 0) return true;
  const error = new Error(
    `kill EPERM: a function can't send ${String(signal)} to a process; end it by process.exit.`,
  );
  throw Object.assign(error, { code: "EPERM", errno: -1, syscall: "kill" });
}
