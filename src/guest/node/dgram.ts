/** `node:dgram`: sockets that can be made and closed, and reach nothing. */
import EventEmitter from "node:events";
import { refuse, refuseAll } from "./shared/refuse.ts";
import { notAvailable } from "./shared/errors.ts";

const WHY = "functions have no UDP sockets; `permissions.net` grants fetch and HTTP requests only.";

class Socket extends EventEmitter {
  readonly type: string;

  constructor(type: string | { readonly type?: string } = "udp4", listener?: (...args: unknown[]) => void) {
    super();
    this.type = typeof type === "string" ? type : (type.type ?? "udp4");
    if (typeof listener === "function") this.on("message", listener);
  }

  bind(): this {
    this.#refuse("bind");
    return this;
  }

  /** Tells its callback, as Node does of what can't be sent. */
  send(...args: unknown[]): void {
    this.#refuse("send", args.at(-1));
  }

  connect(...args: unknown[]): void {
    this.#refuse("connect", args.at(-1));
  }

  close(done?: () => void): this {
    if (typeof done === "function") this.once("close", done);
    process.nextTick(() => this.emit("close"));
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  #refuse(name: string, callback?: unknown): void {
    const error = notAvailable(`dgram.Socket.${name}`, WHY, "ERR_ACCESS_DENIED");
    process.nextTick(() => {
      if (typeof callback === "function") (callback as (error: Error) => void)(error);
      else this.emit("error", error);
    });
  }
}
Object.assign(
  Socket.prototype,
  refuseAll(
    "dgram.Socket",
    ["address", "addMembership", "dropMembership", "setBroadcast", "setTTL", "setMulticastTTL", "disconnect"],
    WHY,
  ),
);

export function create(): object {
  return {
    _createSocketHandle: refuse("dgram", "_createSocketHandle", WHY),
    createSocket: (type: string, listener?: (...args: unknown[]) => void) => new Socket(type, listener),
    Socket,
  };
}
