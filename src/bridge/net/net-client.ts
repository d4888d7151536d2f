import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import type { Deadlines } from "../../base/deadlines.ts";
import type { ResolvedNet } from "../../functions/permissions.ts";
import { CallFailure } from "../operations.ts";
import type { Operation } from "../operations.ts";
import type { Authorities } from "./authorities.ts";
import { Exchange } from "./exchange.ts";
import type { NetPolicy } from "./net-policy.ts";
import { readNetRequest } from "./request-text.ts";

/** How long a connection is kept that nothing uses. */
const KEEP_ALIVE_MS = 30_000;

/** Unused connections kept for each host. */
const FREE_SOCKETS = 16;

/** What requests are made with. */
export interface NetParts {
  readonly policy: NetPolicy;
  readonly settings: false | ResolvedNet;
  readonly deadlines: Deadlines;
  readonly resolve: LookupFunction;
  readonly authorities: Authorities;
}

/**
 * The requests of one environment. Its connections are its own: what one guest does to a connection, or was allowed to
 * connect to, is no other's matter.
 */
export class NetClient {
  readonly #parts: NetParts;
  readonly #waiting = new Set<Exchange>();
  readonly #active = new Set<Exchange>();
  #agents: { readonly http: HttpAgent; readonly https: HttpsAgent } | undefined;
  /** Bytes of request bodies that wait to be sent. */
  #unsentBytes = 0;

  constructor(parts: NetParts) {
    this.#parts = parts;
  }

  readonly fetch: Operation = (argument, answer) => {
    const request = readNetRequest(argument);
    const { policy, settings, deadlines, resolve, authorities } = this.#parts;
    policy.checkTarget(request);
    // Never the case: nothing was granted.
    if (settings === false) throw new CallFailure("Error", "No connections are granted.");
    const exchange = new Exchange(request, answer, {
      policy,
      settings,
      deadlines,
      resolve,
      agentFor: (scheme) => (this.#agents ??= makeAgents(authorities))[scheme],
      ended: (ended) => this.#ended(ended),
      unsent: (change) => (this.#unsentBytes += change),
    });
    this.#waiting.add(exchange);
    // Later, as every reply: a request may fail at once.
    setImmediate(() => this.#next());
    return exchange;
  };

  get #concurrency(): number {
    const { settings } = this.#parts;
    return settings === false ? 0 : settings.concurrency;
  }

  close(): void {
    for (const exchange of [...this.#waiting, ...this.#active]) exchange.end();
    this.#agents?.http.destroy();
    this.#agents?.https.destroy();
    this.#agents = undefined;
  }

  #next(): void {
    for (const exchange of this.#waiting) {
      if (this.#active.size >= this.#concurrency) return;
      this.#waiting.delete(exchange);
      this.#active.add(exchange);
      exchange.start();
    }
  }

  #ended(exchange: Exchange): void {
    this.#waiting.delete(exchange);
    if (this.#active.delete(exchange)) this.#next();
  }
}

function makeAgents({ context }: Authorities) {
  const options = { keepAlive: true, maxFreeSockets: FREE_SOCKETS, timeout: KEEP_ALIVE_MS };
  return {
    http: new HttpAgent(options),
    https: new HttpsAgent({ ...options, ...(context && { secureContext: context }) }),
  };
}
