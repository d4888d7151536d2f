import { Buffer } from "node:buffer";
import type { Agent } from "./agent.ts";
import { classic } from "./classic.ts";
import { connectionReset, invalidArgument, withCode, notHere } from "./errors.ts";
import { Exchange, type Caller } from "./exchange.ts";
import type { HeaderValue } from "./header-list.ts";
import { type IncomingMessage } from "./incoming.ts";
import { given } from "./given-headers.ts";
import { OutgoingMessage } from "./outgoing.ts";
import { readArguments, readTarget, type RequestOptions, type Target } from "./request-options.ts";
import type { Done } from "./outgoing-output.ts";
import { RequestSocket } from "./socket.ts";

/** Methods whose requests have no body unless one is written. */
const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"]);

/** What a request keeps to itself. */
interface State {
  readonly caller: Caller;
  readonly target: Target;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
  headers: [name: string, value: string][];
  exchange: Exchange | undefined;
  isOver: boolean;
}

/** Node's `http.ClientRequest`, sent by the host: `net` must be granted. */
class Methods extends OutgoingMessage {
  declare method: string;
  declare path: string;
  declare host: string;
  declare protocol: string;
  declare agent: Agent | undefined;
  declare aborted: boolean;
  declare reusedSocket: boolean;
  declare timeout: number | undefined;
  declare res: IncomingMessage | null;
  declare maxHeadersCount: number | null;
  declare _state: State;

  override _implicitHeader(): void {
    this._storeHeader(`${this.method} ${this.path} HTTP/1.1\r\n`, undefined);
  }

  /** The host writes the head: here it is made to be looked at, and counts as sent. */
  override _storeHeader(firstLine: string, headers: unknown): void {
    const state = this._state;
    state.headers = given(headers ?? this._renderHeaders());
    const has = (name: string): boolean => state.headers.some(([key]) => key.toLowerCase() === name);
    const tells = has("content-length") || has("transfer-encoding");
    const length = this._contentLength;
    if (!tells && length !== null && (length > 0 || !BODILESS.has(this.method))) {
      state.headers.push(["Content-Length", String(length)]);
    }
    this._header = `${firstLine}${state.headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
    this._headerSent = true;
  }

  override _finish(): void {
    super._finish();
    const exchange = openExchange(this, false);
    exchange?.sendEnd();
  }

  override destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this._errored = error ?? null;
    this.res?._dump();
    finishEarly(this, error);
    return this;
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    process.nextTick(() => this.emit("abort"));
    this.destroy();
  }

  override setTimeout(timeoutMs: number, callback?: () => void): this {
    if (typeof timeoutMs !== "number") throw invalidArgument("msecs", "of type number", timeoutMs);
    this.timeout = timeoutMs;
    if (callback) this.once("timeout", callback);
    if (this.socket) this.socket.setTimeout?.(timeoutMs);
    return this;
  }

  setNoDelay(): void {
    // The connection is the host's.
  }

  setSocketKeepAlive(): void {
    // The connection is the host's.
  }

  clearTimeout(callback?: () => void): void {
    if (callback) this.removeListener("timeout", callback);
    this.setTimeout(0);
  }

  onSocket(): void {
    // There is only its own.
  }
}

function initialize(self: Methods, caller: Caller, defaultProtocol: string, ...args: unknown[]): void {
  Reflect.apply(OutgoingMessage, self, []);
  const [options, callback] = readArguments(args);
  const target = readTarget(options, defaultProtocol);
  const { method, path, host, protocol } = target;
  const agent = options.agent === false ? undefined : options.agent;
  Object.assign(self, {
    method,
    path,
    host,
    protocol,
    agent,
    aborted: false,
    reusedSocket: false,
    res: null,
  });
  Object.assign(self, { maxHeadersCount: null, parser: null, timeout: options.timeout });
  self.useChunkedEncodingByDefault = false;
  self.shouldKeepAlive = true;
  const { signal } = options;
  const onAbort = (): void => void self.destroy(abortError(signal));
  self._state = { caller, target, signal, onAbort, headers: [], exchange: undefined, isOver: false };
  if (callback) self.once("response", callback);
  setHeaders(self, options, target);
  if (signal?.aborted) process.nextTick(onAbort);
  else signal?.addEventListener("abort", onAbort, { once: true });
  process.nextTick(giveSocket, self);
}

function abortError(signal: AbortSignal | undefined): Error {
  const error = new Error("The operation was aborted", { cause: signal?.reason });
  error.name = "AbortError";
  return withCode("ABORT_ERR", error);
}

function setHeaders(self: Methods, options: RequestOptions, { authority }: Target): void {
  const { headers } = options;
  if (Array.isArray(headers)) {
    for (const [name, value] of given(headers)) self.appendHeader(name, value);
  } else if (headers) {
    for (const [name, value] of Object.entries(headers as Record<string, HeaderValue | undefined>)) {
      if (value !== undefined) self.setHeader(name, value);
    }
  }
  const sets = options.setHost ?? options.setDefaultHeaders ?? true;
  if (sets && !self.hasHeader("host")) self.setHeader("Host", authority);
  if (options.auth && !self.hasHeader("authorization")) {
    self.setHeader("Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`);
  }
}

function giveSocket(self: Methods): void {
  if (self.destroyed) return;
  const { host, port, protocol } = self._state.target;
  const sink = {
    write: (
      data: string | Uint8Array,
      encoding: BufferEncoding | null | undefined,
      callback?: Done,
    ): boolean => {
      const bytes = typeof data === "string" ? Buffer.from(data, encoding ?? "utf8") : data;
      const exchange = bytes.length > 0 ? openExchange(self, true) : self._state.exchange;
      if (exchange) return exchange.send(bytes, callback);
      if (callback) process.nextTick(callback);
      return true;
    },
    waitingBytes: () => self._state.exchange?.waitingBytes ?? 0,
    destroyed: (error: Error | undefined): void => void self.destroy(error),
  };
  const socket = new RequestSocket(sink, host, port, protocol === "https:");
  socket._httpMessage = self;
  socket.on("timeout", () => self.emit("timeout"));
  self.socket = socket;
  if (self.timeout) socket.setTimeout(self.timeout);
  self.emit("socket", socket);
  if (/100-continue/i.test(String(self.getHeader("expect")))) process.nextTick(() => self.emit("continue"));
  self._flush();
}

/** Begins it with the host, once it is known whether there is a body. */
function openExchange(self: Methods, hasBody: boolean): Exchange | undefined {
  const state = self._state;
  if (state.exchange || state.isOver) return state.exchange;
  const { protocol, authority, path, method } = state.target;
  // What it says is done here: the host sends the body at once.
  const headers = state.headers.filter(([name]) => name.toLowerCase() !== "expect");
  if (headers.some(([name, value]) => /^upgrade$/i.test(name) && /^websocket$/i.test(value))) {
    // The host would send it without, and the server refuse it for a reason that is none.
    const why =
      "connections are the engine's, which makes no WebSockets of them; node:net and node:tls have sockets.";
    process.nextTick(fail, self, notHere("http.request for an upgrade to a WebSocket", why));
    return undefined;
  }
  const ask = { method, url: `${protocol}//${authority}${path}`, headers, hasBody };
  const exchange = new Exchange(state.caller, ask, self.socket as object, {
    response: (response) => respond(self, response),
    active: () => (self.socket as RequestSocket | null)?.active(),
    drained: () => {
      (self.socket as RequestSocket | null)?.emit("drain");
      if (!self.finished && !self.destroyed) self.emit("drain");
    },
    failed: (error) => fail(self, error),
  });
  state.exchange = exchange;
  return hasBody ? exchange : undefined;
}

function respond(self: Methods, response: IncomingMessage): void {
  self.res = response;
  Object.assign(response, { req: self });
  response.once("end", () => close(self));
  response.once("close", () => {
    if (!response.complete) self._state.exchange?.abandon();
    close(self);
  });
  if (!self.emit("response", response)) response._dump();
}

/** The host has failed it, before its response or in the midst of it. */
function fail(self: Methods, error: Error): void {
  if (self._state.isOver) return;
  self.destroyed = true;
  self._errored = error;
  (self.socket as RequestSocket | null)?.close();
  if (self.res) {
    self.res.destroy(connectionReset("aborted"));
    close(self);
    return;
  }
  self.emit("error", error);
  close(self);
}

/** It was given up here. */
function finishEarly(self: Methods, error: Error | undefined): void {
  const state = self._state;
  if (state.isOver) return;
  state.exchange?.abandon();
  (self.socket as RequestSocket | null)?.close();
  process.nextTick(() => {
    if (self.res) {
      if (!self.res.complete) self.res.destroy(error ?? connectionReset("aborted"));
    } else self.emit("error", error ?? connectionReset("socket hang up"));
    close(self);
  });
}

function close(self: Methods): void {
  const state = self._state;
  if (state.isOver) return;
  state.isOver = true;
  state.signal?.removeEventListener("abort", state.onAbort);
  (self.socket as RequestSocket | null)?.setTimeout(0);
  self._closed = true;
  self.destroyed = true;
  process.nextTick(() => self.emit("close"));
}

export type ClientRequest = Methods;
export type ClientRequestClass = new (...args: unknown[]) => ClientRequest;

/** The class of requests that begin with `caller`. */
export function makeClientRequest(caller: Caller, defaultProtocol: string): ClientRequestClass {
  return classic("ClientRequest", OutgoingMessage, Methods, (self: Methods, ...args: unknown[]) => {
    initialize(self, caller, defaultProtocol, ...args);
  });
}
