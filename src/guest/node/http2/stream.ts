import type { ClientRequest, IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { nodeError } from "../shared/errors.ts";
import { fromClassic, type Headers } from "./headers.ts";
import { Idle } from "./idle.ts";

/** What a stream tells its session. */
export interface Owner {
  active(): void;
  answered(): void;
  failed(stream: ClientHttp2Stream, error: Error): void;
  ended(stream: ClientHttp2Stream): void;
}

interface Parts {
  readonly owner: Owner;
  readonly session: object;
  readonly id: number;
  readonly headers: Headers;
  readonly sensitive: symbol;
  readonly endStream: boolean;
}

/** What streams are closed with, by its number. */
const CODES = (
  "NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR REFUSED_STREAM " +
  "CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED"
).split(" ");
const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const CANCEL = 8;

/** Node's `ClientHttp2Stream`: one request and its response, which `node:http` sends by HTTP/1.1. */
export class ClientHttp2Stream extends Duplex {
  readonly session: object;
  readonly id: number;
  readonly sentHeaders: Headers;
  readonly endAfterHeaders = false;
  readonly headersSent = true;
  readonly pending = false;
  readonly scheme: unknown;
  rstCode: number = NO_ERROR;
  aborted = false;
  readonly #parts: Parts;
  readonly #idle = new Idle(() => this.emit("timeout"));
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #isClosed = false;
  #isFinal = false;

  constructor(parts: Parts) {
    super({ autoDestroy: true, decodeStrings: true });
    this.#parts = parts;
    this.session = parts.session;
    this.id = parts.id;
    this.sentHeaders = parts.headers;
    this.scheme = parts.headers[":scheme"];
    Object.defineProperty(this, "closed", { get: () => this.#isClosed || this.destroyed });
    if (parts.endStream) this.end();
  }

  /** Gives it the request it is sent by. */
  _begin(request: ClientRequest): void {
    this.#request = request;
    request.on("response", (response) => this.#respond(response));
    request.on("error", (error) => {
      if (!this.destroyed && !this.#response) this.#parts.owner.failed(this, error);
    });
    if (this.#isFinal) request.end();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#active();
    this.#request?.write(chunk);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#isFinal = true;
    this.#request?.end();
    done();
  }

  override _read(): void {
    this.#response?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#idle.set(0);
    if (!this.readableEnded && !this.aborted && (this.#isClosed || error)) {
      this.aborted = true;
      if (!this.writableEnded) this.emit("aborted");
    }
    if (error && this.rstCode === NO_ERROR) this.rstCode = INTERNAL_ERROR;
    this.#request?.destroy();
    this.#parts.owner.ended(this);
    done(error ?? this.#closeError());
  }

  close(code: number = NO_ERROR, callback?: () => void): void {
    if (callback) this.once("close", callback);
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.rstCode = code;
    this.destroy();
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (callback) this.once("timeout", callback);
    this.#idle.set(timeoutMs);
    return this;
  }

  priority(): void {
    // The connection is the host's.
  }

  #closeError(): Error | null {
    if (this.rstCode === NO_ERROR || this.rstCode === CANCEL) return null;
    const name = `NGHTTP2_${CODES[this.rstCode] ?? String(this.rstCode)}`;
    return nodeError(Error, "ERR_HTTP2_STREAM_ERROR", `Stream closed with error code ${name}`);
  }

  #active(): void {
    this.#idle.active();
    this.#parts.owner.active();
  }

  #respond(response: IncomingMessage): void {
    this.#response = response;
    this.#active();
    this.#parts.owner.answered();
    response.on("data", (chunk: Buffer) => {
      this.#active();
      if (!this.push(chunk)) response.pause();
    });
    response.on("end", () => this.push(null));
    response.on("error", () => {
      this.rstCode = INTERNAL_ERROR;
      this.destroy();
    });
    this.emit("response", fromClassic(response, this.#parts.sensitive), 4, response.rawHeaders);
  }
}
