import { promises as dns } from "node:dns";
import type { LookupAddress } from "node:dns";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import type { Deadlines } from "../../base/deadlines.ts";
import { normalName } from "../../functions/host-pattern.ts";
import { CallFailure, failureReply } from "../operations.ts";
import type { Operation } from "../operations.ts";
import type { NetPolicy } from "./net-policy.ts";

/** Names looked up at once for one environment; the machine's resolver has few threads, which all share. */
const QUERIES_AT_ONCE = 4;

/** Queries by Node's names for them: of a name, of a name by record type, of an address. */
const QUERIES: Readonly<Record<string, (name: string, options: Options) => Promise<unknown>>> = {
  resolve4: (name, { ttl }) => (ttl === true ? dns.resolve4(name, { ttl }) : dns.resolve4(name)),
  resolve6: (name, { ttl }) => (ttl === true ? dns.resolve6(name, { ttl }) : dns.resolve6(name)),
  resolveAny: (name) => dns.resolveAny(name),
  resolveCaa: (name) => dns.resolveCaa(name),
  resolveCname: (name) => dns.resolveCname(name),
  resolveMx: (name) => dns.resolveMx(name),
  resolveNaptr: (name) => dns.resolveNaptr(name),
  resolveNs: (name) => dns.resolveNs(name),
  resolvePtr: (name) => dns.resolvePtr(name),
  resolveSoa: (name) => dns.resolveSoa(name),
  resolveSrv: (name) => dns.resolveSrv(name),
  resolveTlsa: (name) => dns.resolveTlsa(name),
  resolveTxt: (name) => dns.resolveTxt(name),
  reverse: (address) => dns.reverse(address),
};

interface Options {
  readonly all?: unknown;
  readonly family?: unknown;
  readonly ttl?: unknown;
}

interface Query {
  readonly method: string;
  readonly name: string;
  readonly options: Options;
}

/** What queries are made with. */
export interface QueryParts {
  readonly policy: NetPolicy;
  readonly deadlines: Deadlines;
  readonly resolve: LookupFunction;
  readonly timeoutMs: number;
}

/** The name queries of one environment: `net.dns`, which needs the grant of the name it asks for. */
export class NameQueries {
  readonly #parts: QueryParts;
  readonly #waiting = new Set<() => void>();
  #active = 0;

  constructor(parts: QueryParts) {
    this.#parts = parts;
  }

  readonly query: Operation = (argument, answer) => {
    const query = readQuery(argument);
    const { policy, deadlines, timeoutMs } = this.#parts;
    policy.checkName(query.name);
    const fail = (error: CallFailure): void => answer(2, failureReply(error));
    const deadline = deadlines.set(timeoutMs, () => {
      this.#waiting.delete(begin);
      const limit = `permissions.net.connectTimeoutMs of ${timeoutMs} ms`;
      fail(new CallFailure("Error", `${query.method} ${query.name} took longer than ${limit}.`, "ETIMEOUT"));
    });
    const begin = (): void => {
      this.#run(query)
        .then(
          (found) => answer(1, JSON.stringify(found)),
          (error: unknown) => fail(failureOf(error)),
        )
        .finally(() => {
          deadlines.cancel(deadline);
          this.#active--;
          this.#next();
        });
    };
    this.#waiting.add(begin);
    setImmediate(() => this.#next());
    return {
      end: () => {
        this.#waiting.delete(begin);
        deadlines.cancel(deadline);
      },
    };
  };

  #next(): void {
    for (const begin of this.#waiting) {
      if (this.#active >= QUERIES_AT_ONCE) return;
      this.#waiting.delete(begin);
      this.#active++;
      begin();
    }
  }

  async #run({ method, name, options }: Query): Promise<unknown> {
    if (method === "lookup") return this.#lookup(name, options);
    const query = Object.hasOwn(QUERIES, method) ? QUERIES[method] : undefined;
    if (query) return query(name, options);
    throw new CallFailure("Error", `dns.${method} isn't there.`, "ERR_METHOD_NOT_IMPLEMENTED");
  }

  #lookup(name: string, { all, family }: Options): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const wanted = family === 4 || family === 6 ? family : 0;
      this.#parts.resolve(name, { all: true, family: wanted }, (error, found, one) => {
        if (error) {
          reject(error);
          return;
        }
        const list: LookupAddress[] =
          typeof found === "string" ? [{ address: found, family: one ?? 4 }] : found;
        resolve(all === true ? list : list[0]);
      });
    });
  }
}

function readQuery(argument: string): Query {
  try {
    const given = JSON.parse(argument.slice(0, 4_096)) as Partial<Record<keyof Query, unknown>>;
    const { method, name, options = {} } = given;
    if (typeof method === "string" && typeof name === "string" && typeof options === "object" && options) {
      const host = isIP(name) === 0 ? normalName(name) : name;
      if (host !== "") return { method, name: host, options };
    }
  } catch {
    // Said below.
  }
  throw new CallFailure("TypeError", "Invalid query: it names no method and host.", "ERR_INVALID_ARG_VALUE");
}

function failureOf(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  const { message, code } = error as Error & { readonly code?: string };
  return new CallFailure("Error", message, code, { cause: error });
}
