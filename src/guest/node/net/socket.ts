/** `net.Socket`: a stream that fails when it is to connect. */
import type { Duplex } from "node:stream";
import { notAvailable } from "../shared/errors.ts";

export const NO_SOCKETS: string =
  "functions have no raw sockets. Requests by fetch, http and https go through the engine where `permissions.net` grants them.";

interface ConnectOptions {
  readonly host?: string;
  readonly hostname?: string;
  readonly port?: number | string;
  readonly path?: string;
}

/** Where a call of `connect` was to go, for the error. */
function targetOf(args: readonly unknown[]): string {
  const [first, second] = args;
  if (typeof first === "object" && first !== null) {
    const { host, hostname, port, path } = first as ConnectOptions;
    return path ?? `${host ?? hostname ?? "localhost"}:${port ?? ""}`;
  }
  if (typeof first === "string" && !/^\d+$/.test(first)) return first;
  return `${typeof second === "string" ? second : "localhost"}:${String(first)}`;
}

/** `name` stands in the error: `tls.connect` makes such a socket as well. */
export function refusedConnection(name: string, args: readonly unknown[]): Error {
  const error = notAvailable(`${name} to ${targetOf(args)}`, NO_SOCKETS, "ERR_ACCESS_DENIED");
  return Object.assign(error, { syscall: "connect", permission: "Net", resource: targetOf(args) });
}

type DuplexClass = new (options?: object) => Duplex;

export function createSocketClass({ Duplex }: { readonly Duplex: DuplexClass }): DuplexClass {
  return class Socket extends Duplex {
    connecting = false;
    pending = true;
    readonly bytesRead: number = 0;
    readonly bytesWritten: number = 0;
    timeout = 0;
    #refused = false;

    constructor(options: object = {}) {
      super({ ...options, allowHalfOpen: (options as { allowHalfOpen?: boolean }).allowHalfOpen ?? false });
    }

    connect(...args: unknown[]): this {
      const listener = args.findLast((item) => typeof item === "function");
      if (listener) this.once("connect", listener as () => void);
      this.connecting = true;
      this.#refuse(args);
      return this;
    }

    get readyState(): string {
      return this.connecting ? "opening" : "closed";
    }

    override _read(): void {
      // Nothing ever comes.
    }

    override _write(_chunk: unknown, _encoding: string, done: (error?: Error) => void): void {
      done(refusedConnection("net.Socket.write", []));
    }

    setTimeout(timeoutMs: number, listener?: () => void): this {
      this.timeout = timeoutMs;
      if (listener) this.once("timeout", listener);
      return this;
    }

    setNoDelay(): this {
      return this;
    }

    setKeepAlive(): this {
      return this;
    }

    address(): object {
      return {};
    }

    ref(): this {
      return this;
    }

    unref(): this {
      return this;
    }

    destroySoon(): void {
      if (this.writable) this.end();
      this.destroy();
    }

    resetAndDestroy(): this {
      return this.destroy();
    }

    /** As a connection that fails does: later, by an event. */
    #refuse(args: readonly unknown[]): void {
      if (this.#refused) return;
      this.#refused = true;
      const error = refusedConnection("net.connect", args);
      process.nextTick(() => {
        this.connecting = false;
        this.#refused = false;
        this.destroy(error);
      });
    }
  };
}
