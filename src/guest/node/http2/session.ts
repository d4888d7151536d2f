import { EventEmitter } from "node:events";
import http from "node:http";
import https from "node:https";
import { nodeError, notAvailable } from "../shared/errors.ts";
import { completed, textOf, toClassic, type Headers } from "./headers.ts";
import { Idle } from "./idle.ts";
import { ClientHttp2Stream, type Owner } from "./stream.ts";

export interface SessionParts {
  readonly sensitive: symbol;
  readonly settings: Readonly<Record<string, unknown>>;
}

interface StreamOptions {
  readonly endStream?: boolean;
  readonly signal?: AbortSignal;
}

type Done = (error: Error | null, ...values: unknown[]) => void;

/** Methods whose requests have no body unless one is asked for. */
const BODILESS = new Set(["GET", "HEAD", "DELETE"]);

const GRPC = "requests go through the engine by HTTP/1.1, which has no trailers as gRPC needs them.";

/**
 * Node's `ClientHttp2Session`. There is no connection: each of its streams is a request of `node:http`, sent by the host
 * where `net` is granted.
 */
export class ClientHttp2Session extends EventEmitter {
  readonly type = 1;
  readonly connecting = false;
  readonly pendingSettingsAck = false;
  readonly encrypted: boolean;
  readonly alpnProtocol: string;
  readonly originSet: readonly string[] | undefined;
  readonly localSettings: Readonly<Record<string, unknown>>;
  readonly remoteSettings: Readonly<Record<string, unknown>>;
  readonly socket: object;
  closed = false;
  destroyed = false;
  readonly #origin: URL;
  readonly #options: object;
  readonly #parts: SessionParts;
  readonly #streams = new Set<ClientHttp2Stream>();
  readonly #idle = new Idle(() => this.emit("timeout"));
  readonly #owner: Owner;
  #hasAnswered = false;
  #nextId = 1;

  constructor(origin: URL, options: object, parts: SessionParts) {
    super();
    this.#origin = origin;
    this.#options = options;
    this.#parts = parts;
    this.encrypted = origin.protocol === "https:";
    this.alpnProtocol = this.encrypted ? "h2" : "h2c";
    this.originSet = this.encrypted ? [origin.origin] : undefined;
    this.localSettings = { ...parts.settings };
    this.remoteSettings = { ...parts.settings };
    this.socket = { encrypted: this.encrypted, servername: origin.hostname, destroyed: false };
    this.#owner = {
      active: () => this.#idle.active(),
      answered: () => (this.#hasAnswered = true),
      failed: (stream, error) => this.#failed(stream, error),
      ended: (stream) => this.#ended(stream),
    };
    setImmediate(() => {
      if (this.destroyed) return;
      this.emit("connect", this, this.socket);
      this.emit("remoteSettings", this.remoteSettings);
    });
  }

  request(given: Readonly<Headers> = {}, options: StreamOptions = {}): ClientHttp2Stream {
    if (this.destroyed) throw nodeError(Error, "ERR_HTTP2_INVALID_SESSION", "The session has been destroyed");
    if (this.closed) {
      const message = "New streams cannot be created after receiving a GOAWAY";
      throw nodeError(Error, "ERR_HTTP2_GOAWAY_SESSION", message);
    }
    const headers = completed(given, this.#origin);
    if (/^application\/grpc/i.test(textOf(headers, "content-type")))
      throw notAvailable("gRPC", GRPC, "ERR_ACCESS_DENIED");
    const method = textOf(headers, ":method");
    const stream = new ClientHttp2Stream({
      owner: this.#owner,
      session: this,
      id: this.#nextId,
      headers,
      sensitive: this.#parts.sensitive,
      endStream: options.endStream ?? BODILESS.has(method),
    });
    this.#nextId += 2;
    this.#streams.add(stream);
    this.#idle.active();
    stream._begin(this.#send(method, headers));
    watch(stream, options.signal);
    return stream;
  }

  close(callback?: () => void): void {
    if (callback) this.once("close", callback);
    if (this.closed || this.destroyed) return;
    this.closed = true;
    if (this.#streams.size === 0) this.destroy();
  }

  destroy(error?: Error | number, code?: number): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.closed = true;
    this.#idle.set(0);
    const cause = typeof error === "number" || !error ? sessionError(code ?? error) : error;
    const reason = cause && !this.#hasAnswered ? cancelled(cause) : cause;
    for (const stream of this.#streams) stream.destroy(reason);
    process.nextTick(() => {
      if (cause) this.emit("error", cause);
      this.emit("close");
    });
  }

  settings(settings: object, callback?: Done): void {
    const acknowledged = { ...this.localSettings, ...settings };
    setImmediate(() => {
      callback?.(null, acknowledged, 0);
      this.emit("localSettings", acknowledged);
    });
  }

  ping(payload?: Uint8Array | Done, callback?: Done): boolean {
    const done = typeof payload === "function" ? payload : callback;
    const echoed = typeof payload === "function" || !payload ? Buffer.alloc(8) : payload;
    setImmediate(() => done?.(null, 0, echoed));
    return !this.destroyed;
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (callback) this.once("timeout", callback);
    this.#idle.set(timeoutMs);
    return this;
  }

  goaway(): void {
    // The connection is the host's.
  }

  setLocalWindowSize(): void {
    // The connection is the host's.
  }

  ref(): void {
    // Only what is under way keeps an environment waiting.
  }

  unref(): void {
    // See above.
  }

  #send(method: string, headers: Readonly<Headers>): http.ClientRequest {
    const client = this.encrypted ? https : http;
    return client.request({
      ...this.#options,
      protocol: this.#origin.protocol,
      hostname: this.#origin.hostname.replace(/^\[|\]$/g, ""),
      port: this.#origin.port,
      path: textOf(headers, ":path"),
      method,
      headers: toClassic(headers),
    });
  }

  /** Without a single response yet it counts as a connection that could not be made. */
  #failed(stream: ClientHttp2Stream, error: Error): void {
    if (this.#hasAnswered) stream.destroy(error);
    else this.destroy(error);
  }

  #ended(stream: ClientHttp2Stream): void {
    this.#streams.delete(stream);
    if (this.closed && this.#streams.size === 0) this.destroy();
  }
}

function sessionError(code: number | undefined): Error | undefined {
  if (!code) return undefined;
  return nodeError(Error, "ERR_HTTP2_SESSION_ERROR", `Session closed with error code ${code}`);
}

function cancelled(cause: Error): Error {
  const message = `The pending stream has been canceled (caused by: ${cause.message})`;
  const error = nodeError(Error, "ERR_HTTP2_STREAM_CANCEL", message);
  error.cause = cause;
  return error;
}

function watch(stream: ClientHttp2Stream, signal: AbortSignal | undefined): void {
  if (!signal) return;
  const abort = (): void => {
    const error = new Error("The operation was aborted", { cause: signal.reason });
    stream.destroy(Object.assign(error, { name: "AbortError", code: "ABORT_ERR" }));
  };
  if (signal.aborted) {
    abort();
    return;
  }
  signal.addEventListener("abort", abort, { once: true });
  stream.once("close", () => signal.removeEventListener("abort", abort));
}
