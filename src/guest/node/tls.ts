/** `node:tls`: the handshake is the host's, with what is given here as texts. */
import net from "node:net";
import { type Callback, normalizeArgs } from "./net/connect-options.ts";
import type { SocketBase, SocketClass } from "./net/socket.ts";
import { notAvailable } from "./shared/errors.ts";
import { lazily } from "./shared/lazy.ts";
import { refuse } from "./shared/refuse.ts";
import { SecureContext } from "./tls/context.ts";
import { checkServerIdentity } from "./tls/identity.ts";
import { convertALPNProtocols } from "./tls/protocols.ts";
import { createTlsSocketClass, isSocket, type TlsOptions, type TlsSocket } from "./tls/socket.ts";

const CIPHERS: readonly string[] = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
];

interface TlsExports {
  readonly TLSSocket: new (socket?: unknown, options?: TlsOptions) => TlsSocket;
  readonly Server: new (...args: unknown[]) => object;
}

export function create(): object {
  const connect = (...args: unknown[]): SocketBase => {
    const [given, listener] = readArgs(args);
    const { NODE_TLS_REJECT_UNAUTHORIZED: rejects } = process.env;
    const options: TlsOptions = { ...given, rejectUnauthorized: given.rejectUnauthorized ?? rejects !== "0" };
    const { socket: lower } = options;
    const socket = new exports.TLSSocket(lower, options);
    if (listener) socket.once("secureConnect", listener);
    if (lower === undefined || lower === null) {
      socket.start(options, undefined);
      return socket.connect(options);
    }
    if (isSocket(lower)) socket.start(options, lower);
    else process.nextTick(() => socket.destroy(noSocket()));
    return socket;
  };
  const exports = lazily(
    {
      CLIENT_RENEG_LIMIT: 3,
      CLIENT_RENEG_WINDOW: 600,
      DEFAULT_CIPHERS: CIPHERS.join(":"),
      DEFAULT_ECDH_CURVE: "auto",
      DEFAULT_MIN_VERSION: "TLSv1.2",
      DEFAULT_MAX_VERSION: "TLSv1.3",
      getCiphers: () => CIPHERS.map((name) => name.toLowerCase()),
      getCertificateCompressionAlgorithms: () => [],
      rootCertificates: Object.freeze([]),
      getCACertificates: () => [],
      setDefaultCACertificates: refuse(
        "tls",
        "setDefaultCACertificates",
        "the certificates that are trusted by default are the engine's; give others as the option ca.",
      ),
      convertALPNProtocols,
      checkServerIdentity,
      createSecureContext: (options?: Readonly<Record<string, unknown>>) => new SecureContext(options),
      SecureContext,
      createServer: (...args: unknown[]) => new exports.Server(...args),
      connect,
    },
    {
      TLSSocket: () => createTlsSocketClass(net.Socket as unknown as SocketClass, checkServerIdentity),
      Server: () => Object.defineProperty(class extends net.Server {}, "name", { value: "Server" }),
    },
  ) as unknown as TlsExports;
  return exports;
}

/** `connect(options | port, host, options, callback)`. */
function readArgs(args: readonly unknown[]): [TlsOptions, Callback | null] {
  const [options, callback] = normalizeArgs(args);
  const more = args.slice(1).find((item) => typeof item === "object" && item !== null);
  return [{ ...options, ...more }, callback];
}

function noSocket(): Error {
  return notAvailable(
    "tls.connect in a stream that is no net.Socket",
    "the handshake is the engine's, which knows its own connections only.",
  );
}
