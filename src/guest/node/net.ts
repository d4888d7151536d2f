/** `node:net`: addresses are told apart, and sockets are connected by the host, where `net` is granted. */
import type { Duplex } from "node:stream";
import { BlockList, SocketAddress } from "./net/addresses.ts";
import { normalizeArgs } from "./net/connect-options.ts";
import { isIP, isIPv4, isIPv6 } from "./net/ip.ts";
import { createSocketClass } from "./net/socket.ts";
import type { SocketBase, SocketClass } from "./net/socket.ts";
import { createServerClass } from "./net/server.ts";
import type { Caller } from "./net/wire.ts";
import { lazily } from "./shared/lazy.ts";
import { refuse, refusedClass } from "./shared/refuse.ts";
import { requireBoolean, requireInteger } from "./shared/validate.ts";

declare const require: (name: string) => unknown;

interface NetExports {
  readonly Socket: SocketClass;
  readonly Server: new (...args: unknown[]) => object;
}

export function create({ calls }: { readonly calls: Caller }): object {
  let selectFamily = true;
  let attemptTimeoutMs = 250;
  const connect = (...args: unknown[]): SocketBase => {
    const [options] = normalizeArgs(args);
    return new exports.Socket(options).connect(...args);
  };
  const exports = lazily(
    {
      _createServerHandle: refuse("net", "_createServerHandle", "functions can't listen."),
      _normalizeArgs: normalizeArgs,
      BlockList,
      BoundSocket: refusedClass("net", "BoundSocket", "functions can't listen."),
      SocketAddress,
      connect,
      createConnection: (...args: unknown[]) => connect(...args),
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
      Socket: () =>
        createSocketClass(
          require("node:stream") as { readonly Duplex: new (options?: object) => Duplex },
          calls,
        ),
      Server: createServerClass,
    },
  ) as unknown as NetExports & object;
  return Object.defineProperty(exports, "Stream", {
    get: () => exports.Socket,
    enumerable: true,
    configurable: true,
  });
}
