import {
  isInstance,
  numberIsInteger,
  objectAssign,
  record,
  reflectDefineProperty,
  reflectGet,
  regExpExec,
  SafeTypeError,
  SafeUint8Array,
  string,
  stringSplit,
} from "../primordials.ts";
import type { GuestPermissions } from "../../contract.ts";
import { createHrtime, type MonotonicClock } from "./clock.ts";
import { type Logger, Level } from "./console.ts";
import { Emitter } from "./emitter.ts";
import { isExitUnwind, requireFunction, unwindForExit, withCode } from "./errors.ts";
import { emitWarning } from "./process-warning.ts";
import type { Ticks } from "./ticks.ts";
import { captureKey } from "./uncaught-listeners.ts";

interface ProcessPorts {
  readonly logger: Logger;
  readonly clock: MonotonicClock;
  readonly ticks: Ticks;
  /** Text of UTF-8. */
  readonly decode: (bytes: Uint8Array) => string;
  readonly onExit: (code: number) => void;
  readonly report: (error: unknown) => void;
  /** What few functions use, from a chunk of its own. */
  readonly rest: () => object;
}

export interface ProcessFacts {
  readonly environment: Readonly<Record<string, string>>;
  /** Such as `nodejs24.x`. */
  readonly runtime: string;
  /** What the function is granted. */
  readonly permissions: GuestPermissions;
}

const executable = "/var/lang/bin/node";

/** What a runtime's versions come with. Code compares them to know what it may use. */
function releaseOf(major: string): { readonly modules: string; readonly lts: string; readonly v8: string } {
  return major === "22"
    ? { modules: "127", lts: "Jod", v8: "12.4.254.21-node.33" }
    : { modules: "137", lts: "Krypton", v8: "13.6.233.17-node.37" };
}

/** What is made when it is first read (`node/process-rest.ts`). */
const REST =
  "abort,allowedNodeEnvironmentFlags,availableMemory,binding,config,constrainedMemory,cpuUsage,debugPort,dlopen,execve," +
  "features,finalization,getActiveResourcesInfo,getBuiltinModule,getegid,geteuid,getgid,getgroups,getuid,initgroups,kill," +
  "loadEnvFile,memoryUsage,moduleLoadList,openStdin,ref,report,resourceUsage,setSourceMapsEnabled,setegid," +
  "seteuid,setgid,setgroups,setuid,sourceMapsEnabled,stdin,threadCpuUsage,umask,unref";

/** `process`, as far as a function in an isolate has one. */
export function createProcess(ports: ProcessPorts, facts: ProcessFacts): object {
  const emitter = new Emitter();
  const major = regExpExec(/^nodejs(\d+)/, facts.runtime)?.[1] ?? "24";
  // The least version that a runtime's name stands for.
  const nodeVersion = `${major}.0.0`;
  const { modules, lts, v8 } = releaseOf(major);
  let folder = "/var/task";
  let exitCode: unknown;
  /** Throws as Node does, or gives what is meant; only for what isn't plainly right, as it loads a chunk. */
  const check: Check = (name, ...args) =>
    (ports.rest() as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args);
  const checkedCode = (code: unknown): unknown =>
    code === undefined || numberIsInteger(code) ? code : check("checkedExitCode", code);
  const reallyExit = (code: unknown): never => {
    ports.onExit(exitStatusOf(checkedCode(code)));
    unwindForExit();
  };
  const own = {
    title: executable,
    version: `v${nodeVersion}`,
    versions: {
      node: nodeVersion,
      v8,
      modules,
      uv: "1.51.0",
      openssl: "3.0.17",
      zlib: "1.3.1",
      unicode: "16.0",
    },
    arch: "x64",
    platform: "linux",
    release: { name: "node", lts },
    argv: [executable, "/var/runtime/index.mjs"],
    argv0: executable,
    execArgv: [],
    execPath: executable,
    domain: null,
    pid: 1,
    ppid: 0,
    env: createEnv(facts.environment, check),
    stdout: createStream(1, ports),
    stderr: createStream(2, ports),
    cwd: () => folder,
    chdir(to: unknown): void {
      const { resolveFolder } = ports.rest() as { resolveFolder: (from: string, to: unknown) => string };
      folder = resolveFolder(folder, to);
    },
    uptime: () => ports.clock.now() / 1000,
    hrtime: createHrtime(ports.clock, (time) => check("checkTime", time)),
    nextTick: ports.ticks.nextTick,
    emitWarning(warning: unknown, options?: unknown, code?: unknown): void {
      if (typeof warning !== "string" || typeof options === "number") check("checkWarning", warning, options);
      emitWarning(ports, emitter, warning, options, code);
    },
    exit: (code?: unknown): never => exit(ports, emitter, exitStatusOf(checkedCode(code) ?? exitCode)),
    reallyExit,
    setUncaughtExceptionCaptureCallback(callback: unknown): void {
      if (callback !== null) requireFunction("fn", callback);
      reflectDefineProperty(
        emitter,
        captureKey,
        record({ value: callback, writable: true, configurable: true }),
      );
    },
    hasUncaughtExceptionCaptureCallback: () => reflectGet(emitter, captureKey) !== null,
    [Symbol.toStringTag]: "process",
  };
  objectAssign(emitter, own);
  reflectDefineProperty(
    emitter,
    "exitCode",
    record({
      get: () => exitCode,
      set: (code: unknown) => void (exitCode = checkedCode(code)),
      enumerable: true,
      configurable: false,
    }),
  );
  own.setUncaughtExceptionCaptureCallback(null);
  defineRest(emitter, ports.rest);
  return emitter;
}

function defineRest(target: object, rest: () => object): void {
  const names = stringSplit(REST, ",");
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const become = (value: unknown): unknown => {
      reflectDefineProperty(
        target,
        name,
        record({ value, writable: true, enumerable: true, configurable: true }),
      );
      return value;
    };
    const get = (): unknown => become(reflectGet(rest(), name));
    reflectDefineProperty(
      target,
      name,
      record({ get, set: (value: unknown) => void become(value), enumerable: true, configurable: true }),
    );
  }
}

/** As Node's: whatever is assigned becomes a text. */
function createEnv(environment: Readonly<Record<string, string>>, check: Check): object {
  const texts = objectAssign({}, environment) as object;
  return new Proxy(
    texts,
    record<ProxyHandler<object>>({
      set: (target, key, value: unknown) => setText(target, key, value),
      defineProperty(target, key, descriptor) {
        const { writable, enumerable, configurable } = descriptor;
        if (!writable || !enumerable || !configurable) check("refuseEnv", descriptor);
        return setText(target, key, descriptor.value);
      },
    }),
  );
}

function setText(target: object, key: string | symbol, value: unknown): boolean {
  if (typeof key === "symbol" || typeof value === "symbol") {
    throw new SafeTypeError("Cannot convert a Symbol value to a string");
  }
  return reflectDefineProperty(
    target,
    key,
    record({ value: string(value), writable: true, enumerable: true, configurable: true }),
  );
}

type Check = (name: string, ...args: unknown[]) => unknown;

/** As far as an exit status goes. */
function exitStatusOf(code: unknown): number {
  return (typeof code === "number" ? code : 0) % 0x1_0000_0000;
}

function exit({ onExit, report }: ProcessPorts, emitter: Emitter, code: number): never {
  try {
    emitter.emit("exit", code);
  } catch (error) {
    if (!isExitUnwind(error)) report(error);
  }
  onExit(code);
  unwindForExit();
}

/** What is written becomes INFO records, one a line. Unlike Node's, a piece without a line end is a record too. */
function createStream(fd: number, { logger, ticks, decode }: ProcessPorts): object {
  function write(data: unknown, encoding?: unknown, callback?: unknown): boolean {
    const lines = stringSplit(textOf(data, decode), "\n");
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index] ?? "";
      if (line !== "" || index < lines.length - 1) logger.log(Level.Info, [line]);
    }
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") ticks.nextTick(done);
    return true;
  }
  return objectAssign(new Emitter(), {
    fd,
    _type: "pipe",
    writable: true,
    writableObjectMode: false,
    destroyed: false,
    writableLength: 0,
    writableHighWaterMark: 16_384,
    write,
    end(data?: unknown, encoding?: unknown, callback?: unknown): void {
      if (typeof data === "function") ticks.nextTick(data);
      else if (data !== undefined && data !== null) write(data, encoding, callback);
    },
    cork: ignore,
    uncork: ignore,
    destroy: ignore,
    destroySoon: ignore,
    getColorDepth: () => 1,
    hasColors: () => false,
  }) as object;
}

function ignore(): void {
  // It is never closed, and nothing waits in it.
}

function textOf(data: unknown, decode: (bytes: Uint8Array) => string): string {
  if (typeof data === "string") return data;
  if (isInstance(SafeUint8Array, data)) return decode(data as Uint8Array);
  throw withCode(
    new SafeTypeError('The "chunk" argument must be of type string or an instance of Uint8Array.'),
    "ERR_INVALID_ARG_TYPE",
  );
}
