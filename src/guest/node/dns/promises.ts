/** `node:dns/promises`. */
import { checkString, withCode } from "../crypto/checks.ts";
import { CODES } from "./constants.ts";
import { checkPort, lookupOptions, methodFor, RECORDS } from "./queries.ts";
import type { Queries, Query } from "./queries.ts";

export function createPromises(queries: Queries): Record<string, unknown> {
  const byName = methodsOf(queries);
  const lookup: Query = async (name, options) => queries.lookup(name, lookupOptions(options ?? 0));

  class Resolver {
    cancel(): void {
      // Queries under way are the host's, and end by its own time limit.
    }

    getServers(): string[] {
      return [];
    }

    setServers(): never {
      throw fixedServers();
    }

    setLocalAddress(): never {
      throw fixedServers();
    }
  }
  Object.assign(Resolver.prototype, byName);

  return {
    lookup,
    lookupService: unavailableService,
    Resolver,
    ...byName,
    ...settings(),
    ...CODES,
  };
}

/** `resolve`, `reverse`, and one for each type of record. */
export function methodsOf({ resolve }: Queries): Record<string, Query> {
  const methods: Record<string, Query> = {
    resolve: async (name, type = "A") => resolve(methodFor(type), name),
    reverse: async (address) => resolve("reverse", address),
  };
  for (const method of Object.values(RECORDS)) {
    methods[method] = async (name, options) => resolve(method, name, options);
  }
  return methods;
}

/** What the host's resolver is set to is not a function's affair. */
export function settings(): Record<string, unknown> {
  let order = "verbatim";
  return {
    getServers: () => [],
    setServers() {
      throw fixedServers();
    },
    getDefaultResultOrder: () => order,
    setDefaultResultOrder(wanted: unknown) {
      checkString(wanted, "dnsOrder");
      order = wanted;
    },
  };
}

export const unavailableService: Query = async (_address, port) => {
  checkPort(port);
  throw withCode(
    new Error(
      "dns.lookupService() is not available in this runtime; dns.reverse() is, with permissions.net.",
    ),
    "ERR_METHOD_NOT_IMPLEMENTED",
  );
};

function fixedServers(): Error {
  const message =
    "dns.setServers() is not available in this runtime: names are looked up by the host's own resolver.";
  return withCode(new Error(message), "ERR_METHOD_NOT_IMPLEMENTED");
}
