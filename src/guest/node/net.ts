/** `node:net`: addresses are told apart, and sockets that are made connect to nothing. */
import type { Duplex } from "node:stream";
import { BlockList, SocketAddress } from "./net/addresses.ts";
import { isIP, isIPv4, isIPv6 } from "./net/ip.ts";
import { createSocketClass } from "./net/socket.ts";
import { createServerClass } from "./net/server.ts";
import { lazily } from "./shared/lazy.ts";
import { refuse, refusedClass } from "./shared/refuse.ts";
import { requireBoolean, requireInteger } from "./shared/validate.ts";

declare const require: (name: string) => unknown;

interface NetExports {
  readonly Socket: new (options?: unknown) => Duplex & { connect(...args: unknown[]): Duplex };
  readonly Server: new (...args: unknown[]) => object;
}

/** A socket that was never a connection: the modules that have sockets share the class. */
function connect(exports: NetExports, args: unknown[]): Duplex {
  const [options] = args;
  return new exports.Socket(typeof options === "object" ? options : undefined).connect(...args);
}

export function create(): object {
  let selectFamily = true;
  let attemptTimeoutMs = 250;
  const exports = lazily(
    {
      _createServerHandle: refuse("net", "_createServerHandle", "functions can't listen."),
      _normalizeArgs: (args: unknown[]) => args,
      BlockList,
      BoundSocket: refusedClass("net", "BoundSocket", "functions have no raw sockets."),
      SocketAddress,
      connect: (...args: unknown[]) => connect(exports, args),
      createConnection: (...args: unknown[]) => connect(exports, args),
      createServer: (...args: unknown[]) => new exports.Server(...args),
      isIP,
      isIPv4,
      isIPv6,
      getDefaultAutoSelectFamily: () => selectFamily,
      setDefaultAutoSelectFamily: (value: unknown) => {
        requireBoolean(value, "value");
        selectFamily = value;
      },
      getDefaultAutoSelectFamilyAttemptTimeout: () => attemptTimeoutMs,
      setDefaultAutoSelectFamilyAttemptTimeout: (value: unknown) => {
        requireInteger(value, "value", 1);
        attemptTimeoutMs = Math.max(10, value);
      },
    },
    {
      Socket: () => createSocketClass(require("node:stream") as { Duplex: new (options?: object) => Duplex }),
      Server: createServerClass,
    },
  ) as unknown as NetExports & object;
  return Object.defineProperty(exports, "Stream", {
    get: () => exports.Socket,
    enumerable: true,
    configurable: true,
  });
}
