import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { HandlerName } from "../handlers.ts";
import type { Peer } from "../peer.ts";

export const FORK = "child_process.fork";

const CHILDREN = 2;

const FILE = new URL("./fork-child.ts", import.meta.url);

/** Child processes that stay and get a message for each call, in turn. */
export async function openForkPeer(): Promise<Peer> {
  const children = Array.from({ length: CHILDREN }, () => new ForkedChild());
  let next = 0;
  return {
    name: FORK,
    invoke: (handler, event) => {
      next = (next + 1) % CHILDREN;
      return (children[next] as ForkedChild).invoke(handler, event);
    },
    close: async () => children.forEach((child) => child.close()),
  };
}

/** One child. Its messages are Node's own JSON ones. */
export class ForkedChild {
  readonly #child: ChildProcess = fork(FILE, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #number = 0;

  constructor() {
    this.#child.on("message", ({ number, answer }: { number: number; answer: unknown }) => {
      const resolve = this.#waiting.get(number);
      this.#waiting.delete(number);
      resolve?.(answer);
    });
  }

  invoke(handler: HandlerName, event: object): Promise<unknown> {
    const number = ++this.#number;
    this.#child.send({ number, handler, event });
    return new Promise((resolve) => this.#waiting.set(number, resolve));
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }
}
