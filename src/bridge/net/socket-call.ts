import { connect } from "node:net";
import type { LookupFunction, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Deadline, Deadlines } from "../../base/deadlines.ts";
import type { ResolvedNet } from "../../functions/permissions.ts";
import { SOCKET_MOST_BYTES, SOCKET_MOST_TEXTS, TakenBytes } from "../../guest/socket-flow.ts";
import { CallFailure, failureReply } from "../operations.ts";
import type { Answer, Served } from "../operations.ts";
import { entryOf } from "./address-policy.ts";
import { SocketIncoming } from "./socket-incoming.ts";
import { connectionText, sessionText, socketErrorText } from "./socket-report.ts";
import type { SocketTarget } from "./socket-text.ts";
import { wrong } from "./socket-text.ts";
import type { TlsContexts } from "./tls-contexts.ts";
import { startTls } from "./tls-start.ts";

/** Most texts that no window counts: of ends and of TLS. */
const OTHER_TEXTS = 8;

/** Most times that TLS is begun in one socket. */
const TLS_LAYERS = 2;

/** What a socket acts on. */
export interface SocketParts {
  readonly settings: ResolvedNet;
  readonly deadlines: Deadlines;
  readonly contexts: TlsContexts;
  /** Gives only addresses that may be connected to. */
  readonly lookup: LookupFunction;
  /** The connection is no more. */
  readonly closed: () => void;
}

/**
 * One connection of a guest's, by texts (`guest/socket-flow.ts`). What it is to send waits until the connection is there, and
 * while TLS is being begun, so that nothing reaches a server that has not shown who it is.
 */
export class SocketCall implements Served {
  readonly #target: SocketTarget;
  readonly #answer: Answer;
  readonly #parts: SocketParts;
  readonly #incoming: SocketIncoming;
  readonly #raw: Socket;
  readonly #taken = new TakenBytes();
  /** What is to be done once it is open. */
  readonly #waiting: string[] = [];
  /** Texts and bytes of the guest's that are not yet sent. */
  #unsentTexts = 0;
  #unsentBytes = 0;
  /** The connection, or the innermost TLS in it. */
  #socket: Socket;
  #isOpen = false;
  #isOver = false;
  #layers = 0;
  #deadline: Deadline | undefined;
  #callOffTls: (() => void) | undefined;
  #wasLookedUp = false;

  constructor(target: SocketTarget, answer: Answer, parts: SocketParts) {
    this.#target = target;
    this.#answer = answer;
    this.#parts = parts;
    this.#incoming = new SocketIncoming((text) => this.#say(text));
    const { host, port, family } = target;
    this.#raw = connect({ host, port, family, lookup: parts.lookup, allowHalfOpen: true });
    // The invocation keeps the process alive, and after it nothing needs to.
    this.#raw.unref();
    this.#socket = this.#raw;
    this.#raw.on("lookup", () => (this.#wasLookedUp = true));
    this.#raw.on("connect", () => this.#connected());
    this.#raw.on("error", (error) => this.#fail(error));
    this.#raw.on("close", () => this.#closed());
    this.#limit(`Connecting to ${entryOf(host, port)}`);
  }

  more(text: string): void {
    if (this.#isOver) return;
    if (text.startsWith("~")) this.#incoming.taken(text);
    else if (text.startsWith("n")) this.#raw.setNoDelay(text === "n1");
    else if (text.startsWith("k")) this.#raw.setKeepAlive(text.startsWith("k1"), Number(text.slice(3)) || 0);
    else if (text.startsWith("r")) this.#raw.resetAndDestroy();
    else this.#queue(text);
  }

  end(): void {
    this.#finish(() => undefined);
    this.#socket.destroy();
    this.#raw.destroy();
  }

  #connected(): void {
    this.#say(`c${connectionText(this.#raw, this.#wasLookedUp)}`);
    this.#opened(this.#raw);
  }

  #opened(socket: Socket): void {
    if (this.#isOver) return;
    this.#unlimit();
    this.#isOpen = true;
    this.#incoming.attach(socket);
    this.#work();
  }

  /** An honest guest has no more under way than its window lets through. */
  #queue(text: string): void {
    this.#unsentTexts++;
    this.#unsentBytes += text.length - 1;
    if (
      this.#unsentTexts > SOCKET_MOST_TEXTS + OTHER_TEXTS ||
      (text.startsWith("+") && this.#unsentBytes > SOCKET_MOST_BYTES + OTHER_TEXTS)
    ) {
      this.#fail(wrong("more is to be sent than its window lets through"));
      return;
    }
    this.#waiting.push(text);
    this.#work();
  }

  #work(): void {
    while (this.#isOpen && !this.#isOver) {
      const [text] = this.#waiting;
      if (text === undefined) return;
      // What goes before must have left this layer before TLS writes beneath it.
      if (text.startsWith("t") && this.#socket.writableLength > 0) return;
      this.#waiting.shift();
      if (text.startsWith("+")) this.#write(text);
      else {
        this.#unsentTexts--;
        this.#unsentBytes -= text.length - 1;
        if (text.startsWith("t")) this.#beginTls(text.slice(1));
        else if (text === ".") this.#sendEnd();
      }
    }
  }

  #write(text: string): void {
    const bytes = text.length - 1;
    this.#socket.write(Buffer.from(text.slice(1), "latin1"), (error) => {
      if (error || this.#isOver) return;
      this.#unsentTexts--;
      this.#unsentBytes -= bytes;
      const said = this.#taken.add(bytes);
      if (said !== undefined) this.#say(said);
      this.#work();
    });
  }

  #sendEnd(): void {
    this.#socket.end(() => this.#say("f"));
  }

  #beginTls(options: string): void {
    if (++this.#layers > TLS_LAYERS) {
      this.#fail(wrong(`TLS is begun in it more than ${TLS_LAYERS} times`));
      return;
    }
    this.#isOpen = false;
    this.#incoming.detach();
    const { host, port } = this.#target;
    this.#limit(`The TLS handshake with ${entryOf(host, port)}`);
    const begun = (socket: TLSSocket): void => this.#tlsBegun(socket);
    const failed = (error: unknown): void => this.#fail(error);
    try {
      this.#callOffTls = startTls(this.#socket, options, host, this.#parts.contexts, begun, failed);
    } catch (error) {
      this.#fail(error);
    }
  }

  #tlsBegun(socket: TLSSocket): void {
    this.#socket = socket;
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#raw.destroy());
    socket.on("secureConnect", () => {
      if (this.#isOver) return;
      this.#say(`s${sessionText(socket)}`);
      this.#opened(socket);
    });
  }

  #limit(what: string): void {
    const { connectTimeoutMs } = this.#parts.settings;
    this.#deadline = this.#parts.deadlines.set(connectTimeoutMs, () => {
      const message = `${what} took longer than permissions.net.connectTimeoutMs of ${connectTimeoutMs} ms.`;
      this.#fail(Object.assign(new Error(message), { code: "ETIMEDOUT", syscall: "connect" }));
    });
  }

  #unlimit(): void {
    if (this.#deadline) this.#parts.deadlines.cancel(this.#deadline);
    this.#deadline = undefined;
  }

  #say(text: string): void {
    if (!this.#isOver) this.#answer(0, text);
  }

  #fail(error: unknown): void {
    this.#finish(() => {
      if (error instanceof CallFailure) {
        this.#answer(2, failureReply(error));
        return;
      }
      this.#answer(0, `!${socketErrorText(error)}`);
      this.#answer(1, "");
    });
    this.#socket.destroy();
    this.#raw.destroy();
  }

  #closed(): void {
    this.#parts.closed();
    this.#incoming.whenOver(() => this.#finish(() => this.#answer(1, "")));
  }

  #finish(say: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unlimit();
    this.#callOffTls?.();
    this.#waiting.length = 0;
    say();
  }
}
