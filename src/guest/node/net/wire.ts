/** A socket's connection: the call to the host that stands for it. */
import { Buffer } from "node:buffer";
import { bytesOfText, textOfBytes } from "../../chunks/crypto/bytes.ts";
import { SentBytes, SOCKET_TEXT_BYTES, TakenBytes } from "../../socket-flow.ts";
import { socketError, type ErrorFields } from "./socket-errors.ts";

/** The runtime's way to the host. */
export interface Caller {
  open(operation: string, argument: string, listener: Listener): OpenCall;
}

interface Listener {
  part(text: string): void;
  done(): void;
  failed(error: Error): void;
}

interface OpenCall {
  more(text: string): void;
  hold(held: boolean): void;
  end(): void;
}

/** What the host says of a connection that is there. */
export interface ConnectionFacts {
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly localFamily?: string;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly remoteFamily?: string;
  readonly wasLookedUp?: boolean;
}

/** Whom a connection is for. */
export interface WireUser {
  connected(facts: ConnectionFacts): void;
  /** TLS is there; the facts are JSON. */
  secured(facts: string): void;
  /** False when it wants no more before it asks for it. */
  data(bytes: Buffer): boolean;
  /** The other side sends no more. */
  ended(): void;
  failed(error: Error): void;
  /** It is no more. */
  closed(): void;
}

type Done = (error?: Error | null) => void;

interface Blocked {
  readonly bytes: Buffer;
  at: number;
  readonly done: Done;
}

export class Wire {
  readonly #call: OpenCall;
  readonly #sent = new SentBytes();
  readonly #taken = new TakenBytes();
  #user: WireUser;
  /** Texts and their bytes that the user has not yet made room for. */
  #unreadTexts = 0;
  #unreadBytes = 0;
  #blocked: Blocked | undefined;
  #sayEnded: (() => void) | undefined;
  #isClosed = false;

  constructor(caller: Caller, target: object, user: WireUser) {
    this.#user = user;
    this.#call = caller.open("net.connect", JSON.stringify(target), {
      part: (text) => this.#hear(text),
      done: () => this.#over(),
      failed: (error) => {
        this.#user.failed(Object.assign(error, { syscall: "connect" }));
        this.#over();
      },
    });
  }

  /** One at a time: `done` says that the next may come. */
  write(bytes: Buffer, done: Done): void {
    if (this.#isClosed) {
      done(socketError({ message: "write EPIPE", code: "EPIPE", syscall: "write", errno: -32 }));
      return;
    }
    this.#blocked = { bytes, at: 0, done };
    this.#send();
  }

  /** Nothing more is written; `done` when the other side has been told. */
  sendEnd(done: Done): void {
    if (this.#isClosed) {
      done();
      return;
    }
    // A socket and the TLS in it may both be ended.
    const before = this.#sayEnded;
    this.#sayEnded = () => {
      before?.();
      done();
    };
    this.#call.more(".");
  }

  /** Begins TLS, for another user. What comes before it is nobody's. */
  startTls(options: object, user: WireUser): void {
    this.#user = user;
    this.readMore();
    this.#call.more(`t${JSON.stringify(options)}`);
  }

  setNoDelay(isOn: boolean): void {
    this.#call.more(isOn ? "n1" : "n0");
  }

  /** By whether it is on, a comma, and the delay in milliseconds. */
  setKeepAlive(setting: string): void {
    this.#call.more(`k${setting}`);
  }

  /** Whether it holds invocations open. */
  hold(held: boolean): void {
    this.#call.hold(held);
  }

  /** The user has room. */
  readMore(): void {
    if (this.#unreadTexts === 0) return;
    const [texts, bytes] = [this.#unreadTexts, this.#unreadBytes];
    this.#unreadTexts = 0;
    this.#unreadBytes = 0;
    this.#took(bytes, texts);
  }

  /** Ends it by a reset. */
  reset(): void {
    if (!this.#isClosed) this.#call.more("r");
  }

  /** Ends it, whatever is under way. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#call.end();
    this.#release();
  }

  #hear(text: string): void {
    const rest = text.slice(1);
    switch (text[0]) {
      case "+":
        this.#data(Buffer.from(bytesOfText(rest).buffer));
        return;
      case "~":
        this.#sent.taken(text);
        this.#send();
        return;
      case "c":
        this.#user.connected(JSON.parse(rest) as ConnectionFacts);
        return;
      case "s":
        this.#user.secured(rest);
        return;
      case ".":
        this.#user.ended();
        return;
      case "f":
        this.#endSaid();
        return;
      case "!":
        this.#user.failed(socketError(JSON.parse(rest) as ErrorFields));
        return;
      default:
    }
  }

  #data(bytes: Buffer): void {
    if (this.#user.data(bytes)) {
      this.#took(bytes.length, 1);
      return;
    }
    this.#unreadTexts++;
    this.#unreadBytes += bytes.length;
  }

  #took(bytes: number, texts: number): void {
    const said = this.#taken.add(bytes, texts);
    if (said !== undefined && !this.#isClosed) this.#call.more(said);
  }

  #send(): void {
    const blocked = this.#blocked;
    if (!blocked) return;
    const { bytes, done } = blocked;
    while (blocked.at < bytes.length) {
      if (this.#sent.isFull) return;
      const end = Math.min(bytes.length, blocked.at + SOCKET_TEXT_BYTES);
      this.#sent.add(end - blocked.at);
      this.#call.more(`+${textOfBytes(bytes.subarray(blocked.at, end))}`);
      blocked.at = end;
    }
    this.#blocked = undefined;
    done();
  }

  #endSaid(): void {
    const done = this.#sayEnded;
    this.#sayEnded = undefined;
    done?.();
  }

  #over(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#release();
    this.#user.closed();
  }

  /** Whoever waits for it waits in vain. */
  #release(): void {
    const blocked = this.#blocked;
    this.#blocked = undefined;
    blocked?.done(socketError({ message: "write EPIPE", code: "EPIPE", syscall: "write", errno: -32 }));
    this.#endSaid();
  }
}
