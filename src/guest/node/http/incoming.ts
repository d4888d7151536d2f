import { Readable } from "node:stream";
import { classic } from "./classic.ts";

type Headers = Record<string, string | string[] | undefined>;

/** What a message that comes in needs of its socket; tests and adapters give objects that only look like one. */
interface SocketLike {
  readonly destroyed?: boolean;
  readonly readableHighWaterMark?: number;
  destroy?(error?: Error): void;
  setTimeout?(timeoutMs: number): void;
}

/** Headers of which only the first counts. */
const FIRST_ONLY = new Set(
  (
    "age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since " +
    "last-modified location max-forwards proxy-authorization referer retry-after server user-agent"
  ).split(" "),
);

/** Node's `http.IncomingMessage`: a request that a server gets, or a response that a client gets. */
class Methods extends Readable {
  declare socket: SocketLike | undefined;
  declare complete: boolean;
  declare aborted: boolean;
  declare rawHeaders: string[];
  declare rawTrailers: string[];
  declare httpVersionMajor: number | null;
  declare httpVersionMinor: number | null;
  declare httpVersion: string | null;
  declare url: string;
  declare method: string | null;
  declare statusCode: number | null;
  declare statusMessage: string | null;
  declare client: SocketLike | undefined;
  declare upgrade: boolean | null;
  declare _consumed: boolean;
  declare _dumped: boolean;
  declare _headerObject: Headers | null;
  declare _distinctObject: Record<string, string[]> | null;
  declare _trailerObject: Headers | null;
  declare joinDuplicateHeaders: boolean;

  get connection(): SocketLike | undefined {
    return this.socket;
  }

  set connection(socket: SocketLike | undefined) {
    this.socket = socket;
  }

  get headers(): Headers {
    return (this._headerObject ??= collect(this, this.rawHeaders));
  }

  set headers(headers: Headers) {
    this._headerObject = headers;
  }

  get headersDistinct(): Record<string, string[]> {
    return (this._distinctObject ??= distinct(this.rawHeaders));
  }

  set headersDistinct(headers: Record<string, string[]>) {
    this._distinctObject = headers;
  }

  get trailers(): Headers {
    return (this._trailerObject ??= collect(this, this.rawTrailers));
  }

  set trailers(trailers: Headers) {
    this._trailerObject = trailers;
  }

  get trailersDistinct(): Record<string, string[]> {
    return distinct(this.rawTrailers);
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (callback) this.on("timeout", callback);
    this.socket?.setTimeout?.(timeoutMs);
    return this;
  }

  override _read(): void {
    this._consumed = true;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit("aborted");
    }
    if (this.aborted && this.socket && !this.socket.destroyed) this.socket.destroy?.(error ?? undefined);
    const silent = error !== null && this.listenerCount("error") === 0;
    process.nextTick(callback, silent ? null : error);
  }

  _addHeaderLine(name: string, value: string, headers: Headers): void {
    addHeader(headers, name, value, this.joinDuplicateHeaders);
  }

  _addHeaderLines(lines: string[] | undefined, count: number): void {
    if (!lines?.length) return;
    const target = this.complete ? "rawTrailers" : "rawHeaders";
    this[target] = lines.slice(0, count);
  }

  _dump(): void {
    if (this._dumped) return;
    this._dumped = true;
    this.removeAllListeners("data");
    this.resume();
  }
}

function initialize(self: Methods, socket?: SocketLike): void {
  const highWaterMark = socket?.readableHighWaterMark;
  Reflect.apply(Readable, self, [highWaterMark === undefined ? {} : { highWaterMark }]);
  Object.assign(self, {
    socket,
    httpVersionMajor: null,
    httpVersionMinor: null,
    httpVersion: null,
    complete: false,
    rawHeaders: [],
    rawTrailers: [],
    joinDuplicateHeaders: false,
    aborted: false,
    upgrade: null,
    url: "",
    method: null,
    statusCode: null,
    statusMessage: null,
    client: socket,
    _consumed: false,
    _dumped: false,
  });
  self._headerObject = self._distinctObject = self._trailerObject = null;
}

export type IncomingMessage = Methods;
export const IncomingMessage: new (socket?: unknown) => IncomingMessage = classic(
  "IncomingMessage",
  Readable,
  Methods,
  initialize,
);

function collect(message: Methods, raw: readonly string[]): Headers {
  const headers: Headers = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    message._addHeaderLine(raw[index] ?? "", raw[index + 1] ?? "", headers);
  }
  return headers;
}

function distinct(raw: readonly string[]): Record<string, string[]> {
  const headers = Object.create(null) as Record<string, string[]>;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    (headers[(raw[index] ?? "").toLowerCase()] ??= []).push(raw[index + 1] ?? "");
  }
  return headers;
}

/** Adds a header to those that have come before it. */
function addHeader(headers: Headers, given: string, value: string, joins: boolean): void {
  const name = given.toLowerCase();
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (name === "set-cookie") headers[name] = [...((before as string[] | undefined) ?? []), value];
  else if (before === undefined) headers[name] = value;
  else if (name === "cookie") headers[name] = `${String(before)}; ${value}`;
  else if (joins || !FIRST_ONLY.has(name)) headers[name] = `${String(before)}, ${value}`;
}
