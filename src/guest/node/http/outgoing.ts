import { Stream } from "node:stream";
import { classic } from "./classic.ts";
import { headersSent, invalidArgument, withCode } from "./errors.ts";
import { given } from "./given-headers.ts";
import { HeaderList, linesOf, type HeaderValue } from "./header-list.ts";
import { validateHeaderName, validateHeaderValue } from "./names.ts";
import { headText } from "./outgoing-head.ts";
import * as output from "./outgoing-output.ts";
import type { Done, Outgoing, Piece, SocketLike } from "./outgoing-output.ts";

/**
 * Node's `http.OutgoingMessage`: headers, and a body in the form HTTP/1.1 gives it, for a socket. Adapters give one of their own
 * and read what is written to it, so what is written, and when, is as in Node.
 */
class Methods extends Stream implements Outgoing {
  declare destroyed: boolean;
  declare chunkedEncoding: boolean;
  declare shouldKeepAlive: boolean;
  declare useChunkedEncodingByDefault: boolean;
  declare sendDate: boolean;
  declare finished: boolean;
  declare writable: boolean;
  declare readonly writableObjectMode: boolean;
  declare socket: SocketLike | null;
  declare outputData: Piece[];
  declare outputSize: number;
  declare _last: boolean;
  declare _header: string | null;
  declare _headerSent: boolean;
  declare _hasBody: boolean;
  declare _contentLength: number | null;
  declare _removedConnection: boolean;
  declare _removedContLen: boolean;
  declare _removedTE: boolean;
  declare _trailer: string;
  declare _closed: boolean;
  declare _errored: Error | null;
  declare _corked: number;
  declare _outHeaders: HeaderList | null;

  get headersSent(): boolean {
    return Boolean(this._header);
  }

  get connection(): SocketLike | null {
    return this.socket;
  }

  set connection(socket: SocketLike | null) {
    this.socket = socket;
  }

  get _headers(): Record<string, HeaderValue> {
    return this.getHeaders();
  }

  get errored(): Error | null {
    return this._errored;
  }

  get closed(): boolean {
    return this._closed;
  }

  get writableEnded(): boolean {
    return this.finished;
  }

  get writableFinished(): boolean {
    const written = !this.socket?.writableLength;
    return this.finished && this.outputSize === 0 && written;
  }

  get writableLength(): number {
    return this.outputSize + (this.socket?.writableLength ?? 0);
  }

  get writableHighWaterMark(): number {
    return this.socket?.writableHighWaterMark ?? output.HIGH_WATER_MARK;
  }

  get writableCorked(): number {
    return this._corked;
  }

  get writableNeedDrain(): boolean {
    return !this.destroyed && !this.finished && this.outputSize >= output.HIGH_WATER_MARK;
  }

  setHeader(name: string, value: HeaderValue): this {
    if (this._header) throw headersSent("set");
    validateHeaderName(name);
    for (const one of Array.isArray(value) ? value : [value]) validateHeaderValue(name, one);
    (this._outHeaders ??= new HeaderList()).set(name, value);
    return this;
  }

  setHeaders(headers: Iterable<[string, HeaderValue]>): this {
    if (this._header) throw headersSent("set");
    if (typeof headers !== "object" || !("get" in headers)) {
      throw invalidArgument("headers", "an instance of Headers or Map", headers);
    }
    const cookies: string[] = [];
    for (const [name, value] of headers) {
      if (name === "set-cookie") cookies.push(...[value as string | string[]].flat());
      else this.setHeader(name, value);
    }
    return cookies.length > 0 ? this.setHeader("set-cookie", cookies) : this;
  }

  appendHeader(name: string, value: string | readonly string[]): this {
    if (this._header) throw headersSent("append");
    validateHeaderName(name);
    for (const one of [value].flat()) validateHeaderValue(name, one);
    (this._outHeaders ??= new HeaderList()).append(name, value);
    return this;
  }

  getHeader(name: string): HeaderValue | undefined {
    if (typeof name !== "string") throw invalidArgument("name", "of type string", name);
    return this._outHeaders?.get(name);
  }

  getHeaderNames(): string[] {
    return this._outHeaders?.names() ?? [];
  }

  getRawHeaderNames(): string[] {
    return this._outHeaders?.rawNames() ?? [];
  }

  getHeaders(): Record<string, HeaderValue> {
    return this._outHeaders?.toObject() ?? (Object.create(null) as Record<string, HeaderValue>);
  }

  hasHeader(name: string): boolean {
    if (typeof name !== "string") throw invalidArgument("name", "of type string", name);
    return this._outHeaders?.has(name) ?? false;
  }

  removeHeader(name: string): void {
    if (typeof name !== "string") throw invalidArgument("name", "of type string", name);
    if (this._header) throw headersSent("remove");
    const key = name.toLowerCase();
    if (key === "connection") this._removedConnection = true;
    else if (key === "content-length") this._removedContLen = true;
    else if (key === "transfer-encoding") this._removedTE = true;
    else if (key === "date") this.sendDate = false;
    this._outHeaders?.delete(name);
  }

  flushHeaders(): void {
    if (!this._header) this._implicitHeader();
    this._send("");
  }

  addTrailers(headers: Record<string, string> | [string, string][]): void {
    const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
    this._trailer = "";
    for (const [name, value] of pairs) {
      validateHeaderName(name, "Trailer name");
      validateHeaderValue(name, value);
      for (const [key, one] of linesOf(name, value)) this._trailer += `${key}: ${one}\r\n`;
    }
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (callback) this.on("timeout", callback);
    if (this.socket) this.socket.setTimeout?.(timeoutMs);
    else this.once("socket", (socket: SocketLike) => socket.setTimeout?.(timeoutMs));
    return this;
  }

  cork(): void {
    this._corked++;
    this.socket?.cork?.();
  }

  uncork(): void {
    if (this._corked > 0) this._corked--;
    this.socket?.uncork?.();
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this._errored = error ?? null;
    if (this.socket) this.socket.destroy?.(error);
    else this.once("socket", (socket: SocketLike) => socket.destroy?.(error));
    return this;
  }

  write(chunk: unknown, encoding?: BufferEncoding | Done | null, callback?: Done): boolean {
    const done = typeof encoding === "function" ? encoding : callback;
    const sent = output.write(
      this,
      chunk,
      typeof encoding === "function" ? undefined : encoding,
      done,
      false,
    );
    return sent;
  }

  end(chunk?: unknown, encoding?: BufferEncoding | Done | null, callback?: Done): this {
    if (typeof chunk === "function") output.end(this, undefined, undefined, chunk as Done);
    else if (typeof encoding === "function") output.end(this, chunk, undefined, encoding);
    else output.end(this, chunk, encoding, callback);
    return this;
  }

  override pipe<T>(_target: T): T {
    const error = withCode("ERR_STREAM_CANNOT_PIPE", new Error("Cannot pipe, not readable"));
    this.emit("error", error);
    return _target;
  }

  _implicitHeader(): void {
    throw withCode(
      "ERR_METHOD_NOT_IMPLEMENTED",
      new Error("The _implicitHeader() method is not implemented"),
    );
  }

  /** Makes the head of the message: its first line, and `headers` or those that were set. */
  _storeHeader(firstLine: string, headers: unknown): void {
    const lines =
      headers === undefined || headers === null ? (this._outHeaders?.lines() ?? []) : given(headers);
    this._header = headText(this, firstLine, lines);
    this._headerSent = false;
    if (lines.some(([name]) => name.toLowerCase() === "expect")) this._send("");
  }

  _renderHeaders(): Record<string, HeaderValue> {
    if (this._header) throw headersSent("render");
    return Object.fromEntries(this.getRawHeaderNames().map((name) => [name, this.getHeader(name) ?? ""]));
  }

  _send(data: string | Uint8Array, encoding?: BufferEncoding | null, callback?: Done): boolean {
    return output.send(this, data, encoding, callback);
  }

  _writeRaw(data: string | Uint8Array, encoding?: BufferEncoding | null, callback?: Done): boolean {
    return output.writeRaw(this, data, encoding, callback);
  }

  _finish(): void {
    this.emit("prefinish");
  }

  _flush(): void {
    output.flush(this);
  }

  _flushOutput(socket: SocketLike): boolean {
    return output.flushOutput(this, socket);
  }
}

function initialize(self: Methods): void {
  Reflect.apply(Stream, self, []);
  Object.assign(self, {
    writableObjectMode: false,
    outputData: [],
    outputSize: 0,
    writable: true,
    destroyed: false,
    _last: false,
    chunkedEncoding: false,
    shouldKeepAlive: true,
    maxRequestsOnConnectionReached: false,
    _defaultKeepAlive: true,
    useChunkedEncodingByDefault: true,
    sendDate: false,
    _removedConnection: false,
    _removedContLen: false,
    _removedTE: false,
    strictContentLength: false,
    _contentLength: null,
    _hasBody: true,
    _trailer: "",
    finished: false,
    _headerSent: false,
    _closed: false,
    _errored: null,
    _corked: 0,
    socket: null,
    _header: null,
  });
  self._outHeaders = null;
}

export type OutgoingMessage = Methods;
export const OutgoingMessage: new (options?: unknown) => OutgoingMessage = classic(
  "OutgoingMessage",
  Stream,
  Methods,
  initialize,
);
