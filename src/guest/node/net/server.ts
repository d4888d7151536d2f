/** `net.Server`: it can be made, and can't listen. */
import EventEmitter from "node:events";
import { notAvailable } from "../shared/errors.ts";

type Listener = (...args: unknown[]) => void;

export function createServerClass(): new (...args: unknown[]) => EventEmitter {
  return class Server extends EventEmitter {
    readonly listening: boolean = false;
    maxConnections: number | undefined;

    constructor(...args: unknown[]) {
      super();
      const listener = args.find((item) => typeof item === "function");
      if (listener) this.on("connection", listener as Listener);
    }

    listen(): this {
      const why = "functions can't listen; they are invoked.";
      const error = notAvailable("net.Server.listen", why, "ERR_ACCESS_DENIED");
      process.nextTick(() => this.emit("error", error));
      return this;
    }

    close(done?: (error?: Error) => void): this {
      process.nextTick(() => {
        done?.();
        this.emit("close");
      });
      return this;
    }

    address(): null {
      return null;
    }

    getConnections(done: (error: null, count: number) => void): this {
      process.nextTick(done, null, 0);
      return this;
    }

    ref(): this {
      return this;
    }

    unref(): this {
      return this;
    }

    async [Symbol.asyncDispose](): Promise<void> {
      this.close();
    }
  };
}
