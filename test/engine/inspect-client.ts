import { once } from "node:events";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

/** What the tests read of the protocol's answers and events. */
export interface Body {
  readonly callFrames: readonly {
    readonly callFrameId: string;
    readonly functionName: string;
    readonly location: { readonly scriptId: string; readonly lineNumber: number };
  }[];
  readonly reason: string;
  readonly stackTrace: {
    readonly callFrames: readonly { readonly url: string; readonly lineNumber: number }[];
  };
  readonly locations: readonly unknown[];
  readonly result: { readonly value?: unknown };
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL: string;
  readonly type: string;
  readonly args: readonly { readonly type: string; readonly value?: unknown }[];
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Body;
  readonly result?: Body;
  readonly error?: { readonly message: string };
}

/** A debugger over a real WebSocket. */
export class Client {
  readonly #socket: WebSocket;
  readonly #seen: Message[] = [];
  #wake: (() => void)[] = [];
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      this.#seen.push(JSON.parse(data.toString()) as Message);
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  static async attach(url: string): Promise<Client> {
    const socket = new WebSocket(url);
    const client = new Client(socket);
    await once(socket, "open");
    onTestFinished(() => socket.terminate());
    return client;
  }

  /** Sends a request whose answer nobody waits for. */
  tell(method: string, params: object = {}): number {
    const id = ++this.#id;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return id;
  }

  async send(method: string, params: object = {}): Promise<Body> {
    const id = this.tell(method, params);
    const answer = await this.#find((message) => message.id === id);
    if (answer.error) throw new Error(answer.error.message);
    return answer.result as Body;
  }

  async event(method: string): Promise<Body> {
    return (await this.#find((message) => message.method === method)).params as Body;
  }

  async #find(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const index = this.#seen.findIndex(fits);
      if (index >= 0) return this.#seen.splice(index, 1)[0] as Message;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }

  closed(): Promise<unknown> {
    return once(this.#socket, "close");
  }
}
