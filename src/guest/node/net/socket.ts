/** `net.Socket`: a stream over a connection of the host's. */
import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { invalidArgType } from "../shared/errors.ts";
import { requireFunction, requireNumber } from "../shared/validate.ts";
import { type ConnectOptions, normalizeArgs, readTarget } from "./connect-options.ts";
import { destroyBy } from "./abort.ts";
import { Connection } from "./connection.ts";
import { defineFacts } from "./facts.ts";
import { IdleTimer } from "./idle-timer.ts";
import { findAddress } from "./own-lookup.ts";
import { closedError, refusedOption, refusedPath, takenError } from "./socket-errors.ts";
import type { Caller, ConnectionFacts, Wire, WireUser } from "./wire.ts";

type Done = (error?: Error | null) => void;

/** By which `node:tls` reaches what a socket keeps to itself; the modules are bundled apart. */
export const SOCKET_INNER: unique symbol = Symbol.for("isolet.socket") as never;

/** What is beneath a socket, and above it. */
export interface SocketInner {
  connection: Connection;
  /** To whom what comes is told. */
  user: WireUser;
  /** Something was sent or has come. */
  active: () => void;
  /** The connection has been asked for. */
  opened?: (wire: Wire) => void;
  /** The TLS that has taken its connection, and the socket whose connection it has taken. */
  upper?: { destroy(): unknown };
  lower?: SocketBase;
}

export type SocketBase = Duplex & {
  connecting: boolean;
  readonly [SOCKET_INNER]: SocketInner;
  connect(...args: unknown[]): SocketBase;
  setTimeout(timeoutMs: number, listener?: () => void): SocketBase;
};

type DuplexClass = new (options?: object) => Duplex;
export type SocketClass = new (options?: ConnectOptions) => SocketBase;

export function createSocketClass({ Duplex }: { readonly Duplex: DuplexClass }, calls: Caller): SocketClass {
  class Socket extends Duplex {
    connecting = false;
    timeout: number | undefined;
    readonly [SOCKET_INNER]: SocketInner;
    #bytesRead = 0;
    #bytesWritten = 0;
    #hasEnded = false;
    readonly #idle = new IdleTimer(() => this.emit("timeout"));

    constructor(options: ConnectOptions = {}) {
      const { allowHalfOpen = false, signal, highWaterMark, objectMode } = options;
      if (objectMode) throw invalidArgType("options.objectMode", "boolean that is false", objectMode);
      for (const name of ["fd", "handle"]) {
        if (options[name] === undefined || options[name] === null) continue;
        throw refusedOption("net.Socket", `of options.${name}`, "sockets are made by connecting.");
      }
      super({ allowHalfOpen, emitClose: false, autoDestroy: true, decodeStrings: true, highWaterMark });
      this[SOCKET_INNER] = {
        connection: new Connection(),
        user: this.#user(),
        active: () => this.#active(),
      };
      this.#set(options);
      if (signal) destroyBy(signal, this);
    }

    connect(...args: unknown[]): this {
      const [options, callback] = normalizeArgs(args);
      const { path } = options;
      const target = path === undefined ? readTarget(options) : undefined;
      if (this.destroyed || this[SOCKET_INNER].connection.wire) this.#begin();
      if (callback) this.once("connect", callback);
      this.connecting = true;
      this.#set(options);
      if (options.timeout !== undefined) this.setTimeout(options.timeout);
      if (!target) process.nextTick(() => this.destroy(refusedPath(path)));
      else {
        this[SOCKET_INNER].connection.host = target.host;
        findAddress(target, options.lookup, this, (found) => {
          if (this.destroyed || !this.connecting) return;
          const { connection, user, opened } = this[SOCKET_INNER];
          const wire = connection.open(calls, found, user);
          opened?.(wire);
          this.#idle.refresh();
        });
      }
      return this;
    }

    get pending(): boolean {
      return !this[SOCKET_INNER].connection.wire || this.connecting;
    }

    get readyState(): string {
      if (this.connecting) return "opening";
      if (this.readable) return this.writable ? "open" : "readOnly";
      return this.writable ? "writeOnly" : "closed";
    }

    get bytesRead(): number {
      return this.#bytesRead;
    }

    get bytesWritten(): number {
      return this.#bytesWritten + this.writableLength;
    }

    get bufferSize(): number {
      return this.writableLength;
    }

    address(): object {
      const { localAddress: address, localFamily: family, localPort: port } = this.#facts;
      return address === undefined ? {} : { address, family, port };
    }

    setTimeout(timeoutMs: number, listener?: () => void): this {
      requireNumber(timeoutMs, "msecs", 0);
      if (listener !== undefined) requireFunction(listener, "callback");
      this.timeout = timeoutMs;
      this.#idle.set(this.destroyed ? 0 : timeoutMs);
      if (listener && timeoutMs > 0) this.once("timeout", listener);
      else if (listener) this.removeListener("timeout", listener);
      return this;
    }

    setNoDelay(isOn: unknown = true): this {
      this[SOCKET_INNER].connection.setNoDelay(Boolean(isOn));
      return this;
    }

    setKeepAlive(isOn: unknown = false, delayMs: unknown = 0): this {
      const delay = Math.max(0, Math.trunc(Number(delayMs)) || 0);
      this[SOCKET_INNER].connection.setKeepAlive(Boolean(isOn), delay);
      return this;
    }

    ref(): this {
      this[SOCKET_INNER].connection.hold(true);
      return this;
    }

    unref(): this {
      this[SOCKET_INNER].connection.hold(false);
      return this;
    }

    destroySoon(): void {
      if (this.writable) this.end();
      if (this.writableFinished) this.destroy();
      else this.once("finish", () => this.destroy());
    }

    resetAndDestroy(): this {
      if (this.destroyed || this.pending) return this.destroy(closedError(this.connecting));
      this[SOCKET_INNER].connection.wire?.reset();
      return this.destroy();
    }

    override _read(): void {
      const { connection, upper } = this[SOCKET_INNER];
      if (!upper) connection.wire?.readMore();
    }

    override _write(chunk: Buffer, _encoding: string, done: Done): void {
      this.#whenConnected(done, () => {
        const { connection, upper } = this[SOCKET_INNER];
        if (!connection.wire || upper) {
          done(upper ? takenError() : closedError(false));
          return;
        }
        this.#active();
        connection.wire.write(chunk, (error) => {
          if (!error) this.#bytesWritten += chunk.length;
          done(error);
        });
      });
    }

    override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
      this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "buffer", done);
    }

    override _final(done: Done): void {
      const end = (): void => {
        const { wire } = this[SOCKET_INNER].connection;
        if (wire) wire.sendEnd(done);
        else done();
      };
      if (this.connecting) this.once("connect", end);
      else end();
    }

    override _destroy(error: Error | null, done: Done): void {
      const { connection, upper, lower } = this[SOCKET_INNER];
      this.connecting = false;
      this.#idle.set(0);
      connection.wire?.close();
      done(error);
      process.nextTick(() => {
        this.emit("close", Boolean(error));
        // Later, so that what went wrong is heard before that the connection is no more.
        upper?.destroy();
        lower?.destroy();
      });
    }

    get #facts(): ConnectionFacts {
      return this[SOCKET_INNER].connection.facts;
    }

    #user(): WireUser {
      return {
        connected: (facts) => this.#connected(facts),
        secured: () => undefined,
        data: (bytes) => {
          this.#bytesRead += bytes.length;
          this.#active();
          return this.push(bytes);
        },
        ended: () => {
          this.#hasEnded = true;
          this.push(null);
          // Nobody may be reading, and still it is to end when there is nothing to read.
          this.read(0);
        },
        failed: (error) => void this.destroy(error),
        closed: () => {
          if (!this.#hasEnded) this.destroy();
        },
      };
    }

    #connected(facts: ConnectionFacts): void {
      const { connection } = this[SOCKET_INNER];
      connection.connected(facts);
      this.connecting = false;
      this.#active();
      if (facts.wasLookedUp) {
        this.emit(
          "lookup",
          null,
          facts.remoteAddress,
          facts.remoteFamily === "IPv6" ? 6 : 4,
          connection.host,
        );
      }
      this.emit("connect");
      this.emit("ready");
    }

    /** After another connection: as if there had been none. */
    #begin(): void {
      (this as unknown as { _undestroy(): void })._undestroy();
      this.#hasEnded = false;
      this.#bytesRead = 0;
      this.#bytesWritten = 0;
      this[SOCKET_INNER].connection = new Connection();
    }

    #set({ noDelay, keepAlive, keepAliveInitialDelay }: ConnectOptions): void {
      if (noDelay) this.setNoDelay(true);
      if (keepAlive) this.setKeepAlive(true, keepAliveInitialDelay);
    }

    #whenConnected(done: Done, act: () => void): void {
      if (!this.connecting) {
        act();
        return;
      }
      const closed = (): void => {
        this.off("connect", connected);
        done(closedError(true));
      };
      const connected = (): void => {
        this.off("close", closed);
        act();
      };
      this.once("connect", connected);
      this.once("close", closed);
    }

    /** Here, or in the TLS above. */
    #active(): void {
      this.#idle.refresh();
      this[SOCKET_INNER].lower?.[SOCKET_INNER].active();
    }
  }
  defineFacts(Socket.prototype, (socket) => (socket as Socket)[SOCKET_INNER].connection.facts);
  return Socket;
}
