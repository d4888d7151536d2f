import { isIP } from "node:net";
import { normalName } from "../../functions/host-pattern.ts";
import { CallFailure } from "../operations.ts";

/** Where a guest has a socket connected to, checked. */
export interface SocketTarget {
  /** A name in lower case, or an address. */
  readonly host: string;
  readonly port: number;
  /** 0 for either. */
  readonly family: 0 | 4 | 6;
}

/** Longest text of where to. */
const TARGET_LENGTH = 4_096;

/** Reads the argument of `net.connect`. Throws a `CallFailure` that says what is wrong with it. */
export function readSocketTarget(argument: string): SocketTarget {
  const { host, port, family } = readFields(argument, TARGET_LENGTH);
  const name = typeof host !== "string" ? "" : isIP(host) === 0 ? normalName(host) : host;
  if (name === "") throw wrong("it names no host");
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw wrong("its port is no number from 1 to 65535");
  }
  return { host: name, port, family: family === 4 || family === 6 ? family : 0 };
}

/** A JSON object of a guest's. Throws a `CallFailure` when it is none, or too long. */
export function readFields(text: string, limit: number): Readonly<Record<string, unknown>> {
  if (text.length > limit) throw wrong(`it has more than ${limit} characters`);
  try {
    const given: unknown = JSON.parse(text);
    if (typeof given === "object" && given !== null) return given as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw wrong("it is not a JSON object");
}

export function wrong(what: string): CallFailure {
  return new CallFailure("TypeError", `Invalid socket: ${what}.`, "ERR_INVALID_ARG_VALUE");
}
