import { request as httpRequest } from "node:http";
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import type { Deadline, Deadlines } from "../../base/deadlines.ts";
import type { ResolvedNet } from "../../functions/permissions.ts";
import { NET_PIECE_BYTES, PART_USED, REQUEST_WINDOW_BYTES } from "../../guest/contract.ts";
import { CallFailure, failureReply } from "../operations.ts";
import type { Answer, Served } from "../operations.ts";
import { guardedLookup } from "./lookup.ts";
import type { NetPolicy } from "./net-policy.ts";
import type { NetRequest } from "./request-text.ts";
import { ResponseParts } from "./response-parts.ts";

/** Longest head of a response, in bytes. */
const HEAD_LIMIT_BYTES = 65_536;

/** What an exchange acts on. */
export interface ExchangeParts {
  readonly policy: NetPolicy;
  readonly settings: ResolvedNet;
  readonly deadlines: Deadlines;
  readonly resolve: LookupFunction;
  readonly agentFor: (scheme: "http" | "https") => Agent;
  /** It needs nothing any more. */
  readonly ended: (exchange: Exchange) => void;
  /** Counts bytes that begin or cease to wait to be sent; gives how many do in all. */
  readonly unsent: (change: number) => number;
}

/** One request and its response. Redirects are the guest's: each hop is an exchange of its own, and checked. */
export class Exchange implements Served {
  readonly #request: NetRequest;
  readonly #answer: Answer;
  readonly #parts: ExchangeParts;
  readonly #response: ResponseParts;
  readonly #deadline: Deadline;
  #connectDeadline: Deadline | undefined;
  #outgoing: ClientRequest | undefined;
  /** The body as far as it came before the request was started; undefined afterwards. */
  #early: Buffer[] | undefined = [];
  #bodyBytes = 0;
  #unsentBytes = 0;
  /** Of what was sent, what the guest has not been told of. */
  #untoldBytes = 0;
  #isBodyWhole: boolean;
  #isOver = false;

  constructor(request: NetRequest, answer: Answer, parts: ExchangeParts) {
    this.#request = request;
    this.#answer = answer;
    this.#parts = parts;
    this.#isBodyWhole = !request.hasBody;
    this.#response = new ResponseParts(request, parts.settings.responseBytes, {
      part: (text) => answer(0, text),
      done: () => this.#finish(() => answer(1, "")),
      failed: (error) => this.#fail(error),
    });
    const { timeoutMs } = parts.settings;
    this.#deadline = parts.deadlines.set(timeoutMs, () => {
      this.#fail(timeout(`${this.#name} took longer than permissions.net.timeoutMs of ${timeoutMs} ms`));
    });
  }

  /** Sends it. */
  start(): void {
    const { connectTimeoutMs } = this.#parts.settings;
    this.#connectDeadline = this.#parts.deadlines.set(connectTimeoutMs, () => {
      const limit = `permissions.net.connectTimeoutMs of ${connectTimeoutMs} ms`;
      this.#fail(timeout(`Connecting to ${this.#request.host} took longer than ${limit}`));
    });
    this.#send();
    for (const chunk of this.#early ?? []) this.#write(chunk);
    this.#early = undefined;
    if (this.#isBodyWhole) this.#outgoing?.end();
  }

  /** As `NET_FETCH` says. */
  more(text: string): void {
    if (this.#isOver) return;
    if (text === PART_USED) this.#response.consumed();
    else if (this.#isBodyWhole) return;
    else if (text === ".") {
      if (this.#bodyBytes !== (this.#request.contentLength ?? this.#bodyBytes)) return this.#failLength();
      this.#isBodyWhole = true;
      if (!this.#early) this.#outgoing?.end();
    } else if (text.startsWith("+")) this.#take(Buffer.from(text.slice(1), "latin1"));
  }

  /** Ends it without a word. */
  end(): void {
    this.#finish(() => undefined);
  }

  get #name(): string {
    return `${this.#request.method} ${this.#request.url}`;
  }

  #take(chunk: Buffer): void {
    const { requestBytes } = this.#parts.settings;
    if (this.#unsentBytes + chunk.length > REQUEST_WINDOW_BYTES + NET_PIECE_BYTES) {
      this.#fail(new CallFailure("Error", `More of ${this.#name} was sent than there is room for.`));
      return;
    }
    this.#bodyBytes += chunk.length;
    if (this.#bodyBytes > (this.#request.contentLength ?? Infinity)) return this.#failLength();
    this.#unsentBytes += chunk.length;
    const unsent = this.#parts.unsent(chunk.length);
    if (this.#bodyBytes > requestBytes || unsent > requestBytes) {
      const what = this.#bodyBytes > requestBytes ? "The body of" : "With";
      this.#fail(
        new CallFailure(
          "RangeError",
          `${what} ${this.#name} more is to be sent than permissions.net.requestBytes of ${requestBytes} bytes.`,
          "ERR_REQUEST_TOO_LARGE",
        ),
      );
    } else if (this.#early) this.#early.push(chunk);
    else this.#write(chunk);
  }

  /** What is sent beyond its length, the server would take for the next request, which nobody has checked. */
  #failLength(): void {
    const said = String(this.#request.contentLength);
    const message = `The body of ${this.#name} has another length than its header Content-Length of ${said} says.`;
    this.#fail(new CallFailure("TypeError", message, "ERR_HTTP_CONTENT_LENGTH_MISMATCH"));
  }

  #write(chunk: Buffer): void {
    this.#outgoing?.write(chunk, () => this.#sent(chunk.length));
  }

  #sent(bytes: number): void {
    if (this.#isOver) return;
    this.#unsentBytes -= bytes;
    this.#parts.unsent(-bytes);
    this.#untoldBytes += bytes;
    // Not for every byte, as each word wakes the guest: it waits only where several of these are due.
    if (this.#untoldBytes < NET_PIECE_BYTES) return;
    this.#answer(0, `~${this.#untoldBytes}`);
    this.#untoldBytes = 0;
  }

  #send(): void {
    const { scheme } = this.#request;
    try {
      const outgoing = (scheme === "https" ? httpsRequest : httpRequest)(this.#options());
      this.#outgoing = outgoing;
      outgoing.on("socket", (socket) => {
        // The invocation keeps the process alive, and after it nothing needs to.
        socket.unref();
        if (!socket.connecting) this.#connected();
        else socket.once(scheme === "https" ? "secureConnect" : "connect", () => this.#connected());
      });
      outgoing.on("response", (incoming) => this.#received(incoming));
      outgoing.on("error", (error) => this.#broke(error));
    } catch (error) {
      this.#fail(failureOf(error));
    }
  }

  #options(): RequestOptions {
    const { method, host, port, path, scheme, hostHeader, hasBody, contentLength } = this.#request;
    const headers: Record<string, string | readonly string[]> = {};
    for (const [name, values] of this.#request.headers)
      headers[name] = values.length === 1 ? (values[0] ?? "") : values;
    if (hostHeader !== undefined) headers["Host"] = hostHeader;
    // Said in so many words: of methods that usually have no body Node would send one without its length.
    if (hasBody && contentLength === undefined) headers["Transfer-Encoding"] = "chunked";
    else if (hasBody) headers["Content-Length"] = String(contentLength);
    return {
      method,
      host,
      port,
      path,
      headers,
      agent: this.#parts.agentFor(scheme),
      lookup: guardedLookup(this.#parts.resolve, this.#parts.policy.requests, port),
      maxHeaderSize: HEAD_LIMIT_BYTES,
      insecureHTTPParser: false,
    } as RequestOptions;
  }

  #connected(): void {
    if (this.#connectDeadline) this.#parts.deadlines.cancel(this.#connectDeadline);
    this.#connectDeadline = undefined;
  }

  #received(incoming: IncomingMessage): void {
    if (this.#isOver) incoming.destroy();
    else this.#response.begin(incoming);
  }

  #broke(error: Error & { readonly code?: string }): void {
    if (this.#isOver) return;
    const wasStale = this.#outgoing?.reusedSocket === true && error.code === "ECONNRESET";
    // The server had closed the connection while it was kept: it never saw the request.
    if (wasStale && !this.#request.hasBody && !this.#response.hasBegun) {
      this.#send();
      this.#outgoing?.end();
    } else this.#fail(failureOf(error));
  }

  #fail(error: CallFailure): void {
    this.#finish(() => this.#answer(2, failureReply(error)));
  }

  #finish(say: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#connected();
    this.#parts.deadlines.cancel(this.#deadline);
    this.#parts.unsent(-this.#unsentBytes);
    // Ends the connection unless the exchange is complete, when it is kept for the next.
    if (!this.#response.isComplete || this.#outgoing?.writableFinished !== true) this.#outgoing?.destroy();
    say();
    this.#parts.ended(this);
  }
}

/** What the guest learns of an error of Node's: its message and code. */
function failureOf(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  const { message, code, errors } = error as Error & { code?: string; errors?: readonly Error[] };
  // Of several addresses each has an error of its own.
  const text = message === "" ? (errors ?? []).map((one) => one.message).join("; ") : message;
  return new CallFailure("Error", text, code, { cause: error });
}

function timeout(sentence: string): CallFailure {
  return new CallFailure("Error", `${sentence}.`, "ETIMEDOUT");
}
