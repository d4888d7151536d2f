/** Where a socket is to connect to, read as Node reads it. */
import { invalidArgType, invalidArgValue, missingArgs, nodeError, notAvailable } from "../shared/errors.ts";
import { requireFunction, requireString } from "../shared/validate.ts";

export type Callback = (...args: unknown[]) => void;
export type LookupFunction = (host: string, options: object, done: Callback) => void;

/** Options of a socket and of its connection. */
export interface ConnectOptions {
  readonly host?: string | null;
  readonly port?: number | string;
  readonly path?: string;
  readonly family?: number | string;
  readonly lookup?: LookupFunction | null;
  readonly timeout?: number;
  readonly noDelay?: boolean;
  readonly keepAlive?: boolean;
  readonly keepAliveInitialDelay?: number;
  readonly localAddress?: unknown;
  readonly localPort?: unknown;
  readonly onread?: unknown;
  readonly allowHalfOpen?: boolean;
  readonly signal?: AbortSignal;
  readonly [name: string]: unknown;
}

/** Options and callback of `connect(options | port, host | path, callback)`; as one list they may come, too. */
export function normalizeArgs(args: readonly unknown[]): [ConnectOptions, Callback | null] {
  const [first, second] = args;
  if (Array.isArray(first)) return normalizeArgs(first);
  const last = args.at(-1);
  const callback = typeof last === "function" ? (last as Callback) : null;
  if (typeof first === "object" && first !== null) return [first as ConnectOptions, callback];
  if (isPath(first)) return [{ path: first }, callback];
  const options = first === undefined ? {} : { port: first as number };
  return [typeof second === "string" ? { ...options, host: second } : options, callback];
}

function isPath(value: unknown): value is string {
  return typeof value === "string" && !(Number(value) >= 0);
}

/** What is asked of the host. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly family: 0 | 4 | 6;
}

/** @throws as Node does for what is no target, and for what a function can't choose. */
export function readTarget({ host, port, family, lookup, ...rest }: ConnectOptions): Target {
  if (port === undefined && rest.path === undefined) throw missingArgs("options", "port", "path");
  for (const name of ["localAddress", "localPort", "onread"]) {
    if (rest[name] === undefined || rest[name] === null) continue;
    throw notAvailable(`The option ${name} of net.connect`, "the connection is made by the engine.");
  }
  if (lookup !== undefined && lookup !== null) requireFunction(lookup, "options.lookup");
  if (host !== undefined && host !== null) requireString(host, "options.host");
  return { host: host || "localhost", port: readPort(port), family: readFamily(family) };
}

function readPort(port: unknown): number {
  if (typeof port !== "number" && typeof port !== "string") {
    throw invalidArgType("options.port", ["number", "string"], port);
  }
  const number = typeof port === "string" && port.trim() === "" ? NaN : Number(port);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw nodeError(
    RangeError,
    "ERR_SOCKET_BAD_PORT",
    `Port should be >= 0 and < 65536. Received type ${typeof port} (${typeof port === "string" ? `'${port}'` : port}).`,
  );
}

function readFamily(family: unknown): 0 | 4 | 6 {
  const wanted = family === "IPv4" ? 4 : family === "IPv6" ? 6 : (family ?? 0);
  if (wanted === 0 || wanted === 4 || wanted === 6) return wanted;
  throw invalidArgValue("options.family", family, "must be one of: 0, 4, 6");
}
