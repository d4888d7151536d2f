/** `node:dns`, by the host's `net.dns`; needs `permissions.net` for the names it asks for. */
import type { Parts } from "../runtime/globals/parts.ts";
import { checkFunction } from "./crypto/checks.ts";
import { CODES, FLAGS } from "./dns/constants.ts";
import { methodsOf, settings, unavailableService } from "./dns/promises.ts";
import { createQueries, lookupOptions } from "./dns/queries.ts";
import type { Query } from "./dns/queries.ts";

type Callback = (error: unknown, ...results: unknown[]) => void;
type CallbackForm = (...args: readonly unknown[]) => void;

/** For `util.promisify`. */
const PROMISIFIED = Symbol.for("nodejs.util.promisify.custom");

export function create(parts: Parts): object {
  const queries = createQueries(parts);
  const later = parts.timers.setImmediate as (act: () => void) => void;
  const withCallback = (query: Query): CallbackForm =>
    function (...args) {
      const { callback, given } = split(args);
      deliver(query(...given), later, (result) => callback(null, result), callback);
    };
  const byName: Record<string, CallbackForm> = {};
  for (const [name, query] of Object.entries(methodsOf(queries))) byName[name] = withCallback(query);

  function lookup(...args: readonly unknown[]): void {
    const { callback, given } = split(args);
    const options = lookupOptions(given[1] ?? 0);
    const done = (found: unknown): void => {
      const { address, family } = found as { readonly address?: unknown; readonly family?: unknown };
      if (options.all) callback(null, found);
      else callback(null, address, family);
    };
    deliver(queries.lookup(given[0], options), later, done, callback);
  }
  Object.defineProperty(lookup, PROMISIFIED, {
    value: (name: unknown, options: unknown) => queries.lookup(name, lookupOptions(options ?? 0)),
  });

  class Resolver {
    cancel(): void {
      // Queries under way are the host's, and end by its own time limit.
    }
  }
  const { getServers, setServers } = settings();
  Object.assign(Resolver.prototype, byName, { getServers, setServers, setLocalAddress: setServers });

  const exports = {
    lookup,
    lookupService: withCallback(unavailableService),
    Resolver,
    ...byName,
    ...settings(),
    ...FLAGS,
    ...CODES,
  };
  return Object.defineProperty(exports, "promises", {
    get: () => parts.builtins.require("dns/promises"),
    enumerable: true,
    configurable: true,
  });
}

function split(args: readonly unknown[]): {
  readonly callback: Callback;
  readonly given: readonly unknown[];
} {
  const callback = args[args.length - 1];
  checkFunction(callback);
  return { callback, given: args.slice(0, -1) };
}

/** Out of the promise, so that what a callback throws is nobody's rejection. */
function deliver(
  promise: Promise<unknown>,
  later: (act: () => void) => void,
  done: (result: unknown) => void,
  failed: (error: unknown) => void,
): void {
  promise.then(
    (result) => later(() => done(result)),
    (error: unknown) => later(() => failed(error)),
  );
}
