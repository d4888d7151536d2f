/** Name queries, which the host makes for those who have `permissions.net` for the name. */
import type { Parts } from "../../runtime/globals/parts.ts";
import { checkString, invalidType, invalidValue, outOfRange } from "../crypto/checks.ts";

/** One query, as a promise. */
export type Query = (...args: readonly unknown[]) => Promise<unknown>;

export interface Lookup {
  readonly all: boolean;
  readonly family: 0 | 4 | 6;
}

interface Address {
  readonly address: string | null;
  readonly family: number;
}

/** What each type of record is asked for by. */
export const RECORDS: Readonly<Record<string, string>> = {
  A: "resolve4",
  AAAA: "resolve6",
  ANY: "resolveAny",
  CAA: "resolveCaa",
  CNAME: "resolveCname",
  MX: "resolveMx",
  NAPTR: "resolveNaptr",
  NS: "resolveNs",
  PTR: "resolvePtr",
  SOA: "resolveSoa",
  SRV: "resolveSrv",
  TLSA: "resolveTlsa",
  TXT: "resolveTxt",
};

export interface Queries {
  lookup(name: unknown, options: Lookup): Promise<unknown>;
  /** By a method of `RECORDS`, or `reverse`. */
  resolve(method: string, name: unknown, options?: unknown): Promise<unknown>;
}

export function createQueries({ calls }: Parts): Queries {
  async function ask(method: string, name: string, options: object, syscall: string): Promise<unknown> {
    try {
      return JSON.parse(await calls.request("net.dns", JSON.stringify({ method, name, options }))) as unknown;
    } catch (error) {
      throw told(error, syscall, name);
    }
  }

  return {
    async lookup(name, options) {
      const known = knownAddress(name, options.family);
      if (known) return options.all ? (known.address === null ? [] : [known]) : known;
      return ask("lookup", name as string, options, "getaddrinfo");
    },
    async resolve(method, name, options) {
      checkString(name, "name");
      const { ttl } = (options ?? {}) as { readonly ttl?: unknown };
      return ask(method, name, { ttl: ttl === true }, syscallOf(method));
    },
  };
}

/** Of a name that needs no looking up. */
function knownAddress(name: unknown, family: number): Address | undefined {
  if (!name) return { address: null, family: family === 6 ? 6 : 4 };
  checkString(name, "hostname");
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name) && name.split(".").every((part) => Number(part) < 256)) {
    return { address: name, family: 4 };
  }
  return name.includes(":") ? { address: name, family: 6 } : undefined;
}

/** As Node reads the options of `lookup`, which may be the family alone. */
export function lookupOptions(options: unknown): Lookup {
  const given = (typeof options === "object" && options !== null ? options : { family: options }) as {
    readonly all?: unknown;
    readonly family?: unknown;
  };
  if (typeof options === "string") throw invalidType("options", "of type object or integer", options);
  const { all = false, family = 0 } = given;
  if (typeof all !== "boolean") throw invalidType("options.all", "of type boolean", all);
  const wanted = family === "IPv4" ? 4 : family === "IPv6" ? 6 : family;
  if (wanted !== 0 && wanted !== 4 && wanted !== 6) {
    throw invalidValue("options.family", family, "must be one of: 0, 4, 6");
  }
  return { all, family: wanted };
}

/** The method for a type of record. */
export function methodFor(type: unknown): string {
  checkString(type, "rrtype");
  const method = Object.hasOwn(RECORDS, type) ? RECORDS[type] : undefined;
  if (method === undefined) throw invalidValue("rrtype", type);
  return method;
}

export function checkPort(port: unknown): void {
  if (!(Number.isInteger(port) && (port as number) >= 0 && (port as number) < 65_536)) {
    throw outOfRange("port", ">= 0 and < 65536", port);
  }
}

/** `queryMx` of `resolveMx`, `queryA` of `resolve4`, `getHostByAddr` of `reverse`. */
function syscallOf(method: string): string {
  if (method === "reverse") return "getHostByAddr";
  const type = method === "resolve4" ? "A" : method === "resolve6" ? "Aaaa" : method.slice("resolve".length);
  return `query${type}`;
}

function told(error: unknown, syscall: string, hostname: string): Error {
  const failure = error as Error & { readonly code?: string };
  if (failure.code === undefined || failure.code.startsWith("ERR_")) return failure;
  return Object.assign(failure, { syscall, hostname });
}
