import { EventEmitter } from "node:events";
import type { Done } from "./outgoing-output.ts";

/** What is written to a socket goes here. */
export interface SocketSink {
  /** False when it is better to wait for `drain`. */
  write(
    data: string | Uint8Array,
    encoding: BufferEncoding | null | undefined,
    callback: Done | undefined,
  ): boolean;
  /** Bytes that wait. */
  waitingBytes(): number;
  destroyed(error: Error | undefined): void;
}

/** What clients take for the socket of their request. There is none: the host's engine sends the request. */
export class RequestSocket extends EventEmitter {
  _httpMessage: unknown = null;
  readonly connecting = false;
  readonly pending = false;
  readonly readyState = "open";
  readonly encrypted: boolean;
  readonly authorized: boolean;
  readonly authorizationError = null;
  readonly alpnProtocol = false;
  readonly remoteAddress = undefined;
  readonly remotePort: number;
  readonly remoteFamily = undefined;
  readonly servername: string;
  readonly writableHighWaterMark = 65_536;
  readonly bytesRead = 0;
  bytesWritten = 0;
  writable = true;
  readable = true;
  destroyed = false;
  timeout = 0;
  readonly #sink: SocketSink;
  #timer: NodeJS.Timeout | undefined;

  constructor(sink: SocketSink, host: string, port: number, isEncrypted: boolean) {
    super();
    this.#sink = sink;
    this.servername = host;
    this.remotePort = port;
    this.encrypted = isEncrypted;
    this.authorized = isEncrypted;
  }

  write(data: string | Uint8Array, encoding?: BufferEncoding | null, callback?: Done): boolean {
    this.bytesWritten += data.length;
    this.active();
    return this.#sink.write(data, encoding, callback);
  }

  get writableLength(): number {
    return this.#sink.waitingBytes();
  }

  end(): this {
    return this;
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.close();
    this.#sink.destroyed(error);
    return this;
  }

  /** It is of no more use; nobody is told. */
  close(): void {
    clearTimeout(this.#timer);
    this.destroyed = true;
    this.writable = false;
    this.readable = false;
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    this.timeout = timeoutMs;
    if (callback) this.once("timeout", callback);
    this.active();
    return this;
  }

  /** Something was sent or has come: the time without either begins anew. */
  active(): void {
    clearTimeout(this.#timer);
    if (this.timeout > 0 && !this.destroyed)
      this.#timer = setTimeout(() => this.emit("timeout"), this.timeout).unref();
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  pause(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  cork(): void {
    // Parts are collected anyway.
  }

  uncork(): void {
    // See above.
  }

  address(): object {
    return {};
  }

  getPeerCertificate(): object {
    return {};
  }

  getSession(): undefined {
    return undefined;
  }

  isSessionReused(): boolean {
    return false;
  }
}
