import { EventEmitter } from "node:events";
import { classic } from "./classic.ts";
import { requireListener } from "./names.ts";

type Listener = (...args: unknown[]) => void;

interface Address {
  readonly address: string;
  readonly family: string;
  readonly port: number;
}

/**
 * Node's `http.Server`, without sockets: requests come by `emit("request", request, response)`, as adapters for Lambda send
 * them. `listen` does what it does on Lambda, where nobody can connect either: it succeeds, and nothing comes.
 */
class Methods extends EventEmitter {
  declare listening: boolean;
  declare timeout: number;
  declare keepAliveTimeout: number;
  declare headersTimeout: number;
  declare requestTimeout: number;
  declare maxHeadersCount: number | null;
  declare maxRequestsPerSocket: number;
  declare connections: number;
  declare _address: Address | string | null;

  listen(...args: unknown[]): this {
    const callback = args.find((arg) => typeof arg === "function") as Listener | undefined;
    if (callback) this.once("listening", callback);
    this._address = addressOf(args[0], args[1]);
    this.listening = true;
    process.emitWarning(
      `A server listens at ${placeOf(this._address)}, where nothing can connect to a function; requests reach it by ` +
        `emit("request", request, response) only.`,
      { type: "Warning", code: "ISOLET_NO_CONNECTIONS" },
    );
    process.nextTick(() => {
      if (this.listening) this.emit("listening");
    });
    return this;
  }

  address(): Address | string | null {
    return this.listening ? this._address : null;
  }

  close(callback?: (error?: Error) => void): this {
    if (callback) {
      const closed = this.listening;
      const error = Object.assign(new Error("Server is not running."), { code: "ERR_SERVER_NOT_RUNNING" });
      this.once("close", () => callback(closed ? undefined : error));
    }
    this.listening = false;
    process.nextTick(() => this.emit("close"));
    return this;
  }

  closeAllConnections(): void {
    // There are none.
  }

  closeIdleConnections(): void {
    // There are none.
  }

  setTimeout(timeoutMs: number, callback?: Listener): this {
    this.timeout = timeoutMs;
    if (callback) this.on("timeout", callback);
    return this;
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    process.nextTick(callback, null, 0);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => void this.close(() => resolve()));
  }
}

function addressOf(first: unknown, second: unknown): Address | string {
  const options = typeof first === "object" && first !== null ? first : { port: first, host: second };
  const { port, host, path } = options as { port?: unknown; host?: unknown; path?: unknown };
  const pipe =
    typeof path === "string" ? path : typeof port === "string" && !/^\d+$/.test(port) ? port : undefined;
  if (pipe !== undefined) return pipe;
  const address = typeof host === "string" ? host : "::";
  return { address, family: address.includes(":") ? "IPv6" : "IPv4", port: Number(port ?? 0) };
}

function placeOf(address: Address | string): string {
  return typeof address === "string" ? address : `port ${address.port}`;
}

function initialize(self: Methods, options?: unknown, listener?: unknown): void {
  Reflect.apply(EventEmitter, self, []);
  Object.assign(self, {
    listening: false,
    timeout: 0,
    keepAliveTimeout: 5_000,
    headersTimeout: 60_000,
    requestTimeout: 300_000,
    maxHeadersCount: null,
    maxRequestsPerSocket: 0,
    connections: 0,
    _address: null,
  });
  const onRequest = typeof options === "function" ? options : listener;
  if (onRequest === undefined) return;
  requireListener("requestListener", onRequest);
  self.on("request", onRequest as Listener);
}

export type Server = Methods;
export const Server: new (options?: unknown, listener?: unknown) => Server = classic(
  "Server",
  EventEmitter,
  Methods,
  initialize,
);
