import type { Socket } from "node:net";
import { SentBytes, SOCKET_TEXT_BYTES } from "../../guest/socket-flow.ts";

/** What comes from the other side, given on as fast as the guest takes it: what is more waits in the connection. */
export class SocketIncoming {
  readonly #say: (text: string) => void;
  readonly #sent = new SentBytes();
  readonly #waiting: Buffer[] = [];
  #socket: Socket | undefined;
  #hasEnded = false;
  #whenOver: (() => void) | undefined;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** Listens to a socket from now on. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on("data", this.#take);
    socket.on("end", this.#end);
    // Taken before it was attached.
    this.#flush();
  }

  /** Ceases to listen; what the guest has not been given is the socket's again. */
  detach(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    socket.off("data", this.#take);
    socket.off("end", this.#end);
    socket.pause();
    const left = this.#waiting.splice(0);
    if (left.length > 0) socket.unshift(Buffer.concat(left));
  }

  /** The guest has taken some, by its text. */
  taken(text: string): void {
    this.#sent.taken(text);
    this.#flush();
  }

  /** Calls `act` when everything has been given on. */
  whenOver(act: () => void): void {
    this.#whenOver = act;
    this.#flush();
  }

  readonly #take = (chunk: Buffer): void => {
    for (let at = 0; at < chunk.length; at += SOCKET_TEXT_BYTES) {
      this.#waiting.push(chunk.subarray(at, at + SOCKET_TEXT_BYTES));
    }
    this.#flush();
  };

  readonly #end = (): void => {
    this.#hasEnded = true;
    this.#flush();
  };

  #flush(): void {
    while (this.#waiting.length > 0 && !this.#sent.isFull) {
      const part = this.#waiting.shift();
      if (!part) break;
      this.#sent.add(part.length);
      this.#say(`+${part.toString("latin1")}`);
    }
    if (this.#waiting.length > 0) {
      this.#socket?.pause();
      return;
    }
    if (this.#hasEnded) {
      this.#hasEnded = false;
      this.#say(".");
    }
    const over = this.#whenOver;
    this.#whenOver = undefined;
    if (over) over();
    else if (this.#sent.isFull) this.#socket?.pause();
    else if (this.#socket?.isPaused()) this.#socket.resume();
  }
}
