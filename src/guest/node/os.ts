/** `node:os`: the values that Lambda has, as far as they are facts about a function and not about the machine. */
import constants from "./data/os-constants.json" with { type: "json" };
import type { Parts } from "../runtime/globals/parts.ts";
import { nodeError, notAvailable } from "./shared/errors.ts";
import { requireInteger } from "./shared/validate.ts";

const MEGABYTE = 1024 * 1024;
const CPUS = 2;
const RELEASE = "5.10.0-isolet";

/** What the function is given; Node tells the same of a machine. */
function totalmem(): number {
  return Number(process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] ?? 128) * MEGABYTE;
}

function freemem(): number {
  const usage = (process as Partial<typeof process>).memoryUsage?.();
  return Math.max(0, totalmem() - (usage?.rss ?? 0));
}

function cpu(): object {
  return {
    model: "isolet",
    speed: 2500,
    times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 },
  };
}

function userInfo(options?: { readonly encoding?: string }): object {
  const text = (value: string): unknown => (options?.encoding === "buffer" ? Buffer.from(value) : value);
  return {
    uid: 993,
    gid: 990,
    username: text("sbx_user1051"),
    homedir: text(homedir()),
    shell: text("/sbin/nologin"),
  };
}

function homedir(): string {
  return process.env["HOME"] ?? "/home/sbx_user1051";
}

function tmpdir(): string {
  const { TMPDIR, TMP, TEMP } = process.env;
  const path = TMPDIR ?? TMP ?? TEMP ?? "/tmp";
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function checkPid(pid: unknown): void {
  requireInteger(pid, "pid", -2_147_483_648, 2_147_483_647);
  if (pid === 0 || pid === process.pid) return;
  const error = nodeError<Error & { info?: object }>(
    Error,
    "ERR_SYSTEM_ERROR",
    "A system error occurred: uv_os_getpriority returned ESRCH (no such process)",
  );
  throw error;
}

function getPriority(pid: unknown = 0): number {
  checkPid(pid);
  return 0;
}

function setPriority(...args: unknown[]): never {
  checkPid(args.length > 1 ? args[0] : 0);
  throw notAvailable("os.setPriority", "a function has no process whose priority could be changed.");
}

/** Node's functions give their value where a primitive is asked for. */
function primitive<T>(read: () => T): () => T {
  return Object.defineProperty(read, Symbol.toPrimitive, { value: read, configurable: true });
}

function freeze(record: Readonly<Record<string, unknown>>): object {
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(record)) {
    copy[name] =
      typeof value === "object" && value !== null ? freeze(value as Record<string, unknown>) : value;
  }
  return Object.freeze(copy);
}

export function create({ clock }: Parts): object {
  return {
    arch: primitive(() => "x64"),
    availableParallelism: primitive(() => CPUS),
    cpus: () => Array.from({ length: CPUS }, cpu),
    endianness: primitive(() => "LE"),
    freemem: primitive(freemem),
    getPriority,
    homedir: primitive(homedir),
    hostname: primitive(() => "169.254.0.1"),
    loadavg: () => [0, 0, 0],
    networkInterfaces: () => ({}),
    platform: primitive(() => "linux"),
    release: primitive(() => RELEASE),
    setPriority,
    tmpdir: primitive(tmpdir),
    totalmem: primitive(totalmem),
    type: primitive(() => "Linux"),
    userInfo,
    uptime: primitive(() => clock.now() / 1000),
    version: primitive(() => "#1 SMP isolet"),
    machine: primitive(() => "x86_64"),
    constants: freeze(constants),
    EOL: "\n",
    devNull: "/dev/null",
  };
}
