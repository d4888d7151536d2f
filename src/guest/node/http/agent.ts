import { EventEmitter } from "node:events";
import { classic } from "./classic.ts";
import { notHere } from "./errors.ts";

interface AgentOptions {
  readonly [name: string]: unknown;
  readonly host?: string;
  readonly port?: number;
  readonly localAddress?: string;
  readonly family?: number;
}

/** Node's `http.Agent`, as far as it can be looked at: connections are the engine's. */
class Methods extends EventEmitter {
  declare options: AgentOptions;
  declare defaultPort: number;
  declare protocol: string;

  getName({ host = "localhost", port, localAddress, family }: AgentOptions = {}): string {
    const version = family === 4 || family === 6 ? `:${family}` : "";
    return `${host}:${port ?? ""}:${localAddress ?? ""}${version}`;
  }

  createConnection(): never {
    throw notHere("agent.createConnection", "connections are the engine's; use http.request or fetch.");
  }

  addRequest(): never {
    throw notHere("agent.addRequest", "connections are the engine's; use http.request or fetch.");
  }

  keepSocketAlive(): boolean {
    return true;
  }

  reuseSocket(): void {
    // There is none.
  }

  destroy(): void {
    // There is nothing to close.
  }
}

type AgentClass = new (options?: unknown) => Agent;

function makeAgent(
  defaultPort: number,
  protocol: string,
  parent: typeof EventEmitter | AgentClass,
): AgentClass {
  const initialize = (self: Methods, options: AgentOptions = {}): void => {
    Reflect.apply(EventEmitter, self, []);
    const { keepAlive = false, keepAliveMsecs = 1000, scheduling = "lifo" } = options;
    const { maxSockets = Infinity, maxFreeSockets = 256, maxTotalSockets = Infinity } = options;
    Object.assign(self, {
      keepAlive,
      keepAliveMsecs,
      scheduling,
      maxSockets,
      maxFreeSockets,
      maxTotalSockets,
    });
    Object.assign(self, {
      defaultPort,
      protocol,
      requests: {},
      sockets: {},
      freeSockets: {},
      totalSocketCount: 0,
    });
    self.options = { ...options, path: null };
  };
  return classic("Agent", parent, Methods, initialize);
}

export type Agent = Methods;
export const Agent: AgentClass = makeAgent(80, "http:", EventEmitter);
export const HttpsAgent: AgentClass = makeAgent(443, "https:", Agent);
