import { classic } from "./classic.ts";
import { headersSent, withCode } from "./errors.ts";
import type { HeaderValue } from "./header-list.ts";
import { hasInvalidCharacter, STATUS_CODES } from "./names.ts";
import { pairsOf } from "./given-headers.ts";
import { OutgoingMessage } from "./outgoing.ts";
import type { Done, SocketLike } from "./outgoing-output.ts";

/** What a response wants to know of its request. */
interface RequestLike {
  readonly method?: string | null;
  readonly httpVersionMajor?: number;
  readonly httpVersionMinor?: number;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** Node's `http.ServerResponse`. */
class Methods extends OutgoingMessage {
  declare statusCode: number;
  declare statusMessage: string | undefined;
  declare req: RequestLike;
  declare _sent100: boolean;
  declare _onSocketClose: () => void;

  writeHead(status: number, reason?: unknown, given?: unknown): this {
    if (this._header) throw headersSent("write");
    const statusCode = status | 0;
    if (statusCode < 100 || statusCode > 999) {
      const error = new RangeError(`Invalid status code: ${String(status)}`);
      throw withCode("ERR_HTTP_INVALID_STATUS_CODE", error);
    }
    const message =
      typeof reason === "string" ? reason : (this.statusMessage ?? STATUS_CODES[statusCode] ?? "unknown");
    if (hasInvalidCharacter(message)) {
      throw withCode("ERR_INVALID_CHAR", new TypeError("Invalid character in statusMessage"));
    }
    this.statusMessage = message;
    this.statusCode = statusCode;
    const headers = typeof reason === "string" ? given : (given ?? reason);
    const rest = merge(this, headers);
    if (statusCode === 204 || statusCode === 304 || statusCode < 200) this._hasBody = false;
    this._storeHeader(`HTTP/1.1 ${statusCode} ${message}\r\n`, rest);
    return this;
  }

  writeHeader(status: number, reason?: unknown, headers?: unknown): this {
    return this.writeHead(status, reason, headers);
  }

  override _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }

  assignSocket(socket: SocketLike): void {
    if (socket._httpMessage) {
      throw withCode("ERR_HTTP_SOCKET_ASSIGNED", new Error("ServerResponse has an already assigned socket"));
    }
    socket._httpMessage = this;
    socket.on?.("close", this._onSocketClose);
    this.socket = socket;
    this.emit("socket", socket);
    this._flush();
  }

  detachSocket(socket: SocketLike): void {
    socket.removeListener?.("close", this._onSocketClose);
    delete socket._httpMessage;
    this.socket = null;
  }

  writeContinue(callback?: Done): void {
    this._writeRaw("HTTP/1.1 100 Continue\r\n\r\n", "latin1", callback);
    this._sent100 = true;
  }

  writeProcessing(callback?: Done): void {
    this._writeRaw("HTTP/1.1 102 Processing\r\n\r\n", "latin1", callback);
  }

  writeEarlyHints(hints: Record<string, string | string[]>, callback?: Done): void {
    const lines = Object.entries(hints).map(([name, value]) => `${name}: ${[value].flat().join(", ")}\r\n`);
    this._writeRaw(`HTTP/1.1 103 Early Hints\r\n${lines.join("")}\r\n`, "latin1", callback);
  }
}

/** Joins `headers` with those that were set, if any were; else gives them back. */
function merge(response: Methods, headers: unknown): unknown {
  if (headers === undefined || headers === null) return undefined;
  // Also when all have been removed again, by which adapters have them merged.
  if (!response._outHeaders) return headers;
  const pairs = pairsOf(headers);
  if (Array.isArray(headers)) {
    // A list may say the same name more than once.
    for (const [name] of pairs) response.removeHeader(name);
    for (const [name, value] of pairs) response.appendHeader(name, value as string);
  } else {
    for (const [name, value] of pairs) if (name) response.setHeader(name, value as HeaderValue);
  }
  return undefined;
}

function initialize(self: Methods, request: RequestLike = {}): void {
  Reflect.apply(OutgoingMessage, self, []);
  if (request.method === "HEAD") self._hasBody = false;
  self.req = request;
  self.sendDate = true;
  self._sent100 = false;
  const { httpVersionMajor = 1, httpVersionMinor = 1 } = request;
  if (httpVersionMajor < 1 || httpVersionMinor < 1) {
    self.useChunkedEncodingByDefault = /chunk/i.test(String(request.headers?.["te"]));
    self.shouldKeepAlive = false;
  }
  self._onSocketClose = () => {
    self.destroyed = true;
    self._closed = true;
    self.emit("close");
  };
}

export type ServerResponse = Methods;
export const ServerResponse: new (request?: unknown) => ServerResponse = classic(
  "ServerResponse",
  OutgoingMessage,
  Methods,
  initialize,
);
Object.assign(ServerResponse.prototype, { statusCode: 200, statusMessage: undefined });
