import {
  isInstance,
  numberIsInteger,
  number,
  objectAssign,
  record,
  reflectDefineProperty,
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
import { isExitUnwind, unwindForExit, withCode } from "./errors.ts";
import type { Ticks } from "./ticks.ts";

interface ProcessPorts {
  readonly logger: Logger;
  readonly clock: MonotonicClock;
  readonly ticks: Ticks;
  /** Text of UTF-8. */
  readonly decode: (bytes: Uint8Array) => string;
  readonly onExit: (code: number) => void;
  readonly report: (error: unknown) => void;
}

export interface ProcessFacts {
  readonly environment: Readonly<Record<string, string>>;
  /** Such as `nodejs24.x`. */
  readonly runtime: string;
  /** What the function is granted. */
  readonly permissions: GuestPermissions;
}

const executable = "/var/lang/bin/node";

/** `process`, as far as a function in an isolate has one. */
export function createProcess(ports: ProcessPorts, facts: ProcessFacts): object {
  const emitter = new Emitter();
  const nodeVersion = nodeVersionOf(facts.runtime);
  const own = {
    title: executable,
    version: `v${nodeVersion}`,
    versions: { node: nodeVersion },
    arch: "x64",
    platform: "linux",
    release: { name: "node" },
    argv: [executable, "/var/runtime/index.mjs"],
    argv0: executable,
    execArgv: [],
    execPath: executable,
    pid: 1,
    ppid: 0,
    exitCode: undefined,
    env: createEnv(facts.environment),
    stdout: createStream(1, ports),
    stderr: createStream(2, ports),
    cwd: () => "/var/task",
    uptime: () => ports.clock.now() / 1000,
    hrtime: createHrtime(ports.clock),
    nextTick: ports.ticks.nextTick,
    emitWarning: (warning: unknown, type?: unknown) => emitWarning(ports.logger, emitter, warning, type),
    exit: (code?: unknown): never =>
      exit(ports, emitter, exitCodeOf(code ?? (emitter as { readonly exitCode?: unknown }).exitCode)),
    [Symbol.toStringTag]: "process",
  };
  return objectAssign(emitter, own) as object;
}

/** The least version that a runtime's name stands for, since code compares it to know what it may use. */
function nodeVersionOf(runtime: string): string {
  const major = regExpExec(/^nodejs(\d+)/, runtime)?.[1] ?? "24";
  return `${major}.0.0`;
}

/** As Node's: whatever is assigned becomes a text. */
function createEnv(environment: Readonly<Record<string, string>>): object {
  const texts = objectAssign({}, environment) as object;
  return new Proxy(
    texts,
    record<ProxyHandler<object>>({
      set: (target, key, value: unknown) => setText(target, key, value),
      defineProperty: (target, key, descriptor) => setText(target, key, descriptor.value),
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

function exitCodeOf(code: unknown): number {
  const value = code === undefined || code === null ? 0 : number(code);
  // As far as an exit status goes.
  if (numberIsInteger(value)) return value % 0x1_0000_0000;
  throw withCode(
    new SafeTypeError(`The "code" argument must be of type number. Received ${typeof code}`),
    "ERR_INVALID_ARG_TYPE",
  );
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

function emitWarning(logger: Logger, emitter: Emitter, warning: unknown, type: unknown): void {
  const given = typeof type === "object" && type !== null ? (type as { readonly type?: unknown }).type : type;
  const { name, message } =
    typeof warning === "object" && warning !== null
      ? (warning as { readonly name?: unknown; readonly message?: unknown })
      : { name: given ?? "Warning", message: warning };
  logger.log(Level.Warn, [`(node:1) ${string(name)}: ${string(message)}`]);
  emitter.emit("warning", warning);
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
    isTTY: false,
    writable: true,
    write,
    end(data?: unknown): void {
      if (data !== undefined && data !== null) write(data);
    },
  }) as object;
}

function textOf(data: unknown, decode: (bytes: Uint8Array) => string): string {
  if (typeof data === "string") return data;
  if (isInstance(SafeUint8Array, data)) return decode(data as Uint8Array);
  throw withCode(
    new SafeTypeError('The "chunk" argument must be of type string or an instance of Uint8Array.'),
    "ERR_INVALID_ARG_TYPE",
  );
}
