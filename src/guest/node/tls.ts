/** `node:tls`: classes that can be extended and settings that can be read; a connection needs a socket. */
import net from "node:net";
import { NO_SOCKETS, refusedConnection } from "./net/socket.ts";
import { lazily } from "./shared/lazy.ts";
import { refuse } from "./shared/refuse.ts";
import { checkServerIdentity } from "./tls/identity.ts";

const CIPHERS: readonly string[] = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
];

interface Connectable {
  connect(...args: unknown[]): unknown;
}

interface TlsExports {
  readonly TLSSocket: new (socket?: unknown, options?: object) => Connectable;
  readonly Server: new (...args: unknown[]) => object;
}

function createTlsSocket(): unknown {
  return class TLSSocket extends net.Socket {
    readonly encrypted: boolean = true;
    readonly authorized: boolean = false;
    readonly authorizationError: null = null;
    readonly alpnProtocol: false = false as const;

    constructor(_socket?: unknown, options?: object) {
      super(options);
    }

    override connect(...args: unknown[]): this {
      const error = refusedConnection("tls.connect", args);
      process.nextTick(() => this.destroy(error));
      return this;
    }

    getPeerCertificate(): object {
      return {};
    }

    getCipher(): undefined {
      return undefined;
    }

    getProtocol(): null {
      return null;
    }

    getSession(): undefined {
      return undefined;
    }

    isSessionReused(): boolean {
      return false;
    }

    setServername(): void {
      // Nobody is told it.
    }
  };
}

/** Holds what it is given; nothing is ever encrypted with it. */
class SecureContext {
  readonly context: object = {};
}

function convertALPNProtocols(protocols: unknown, out: { ALPNProtocols?: Uint8Array }): void {
  if (Array.isArray(protocols)) {
    const parts = protocols.map((name) => Buffer.from(name as string));
    out.ALPNProtocols = Buffer.concat(parts.flatMap((part) => [Buffer.from([part.length]), part]));
  } else if (ArrayBuffer.isView(protocols)) {
    out.ALPNProtocols = Buffer.from(protocols.buffer, protocols.byteOffset, protocols.byteLength);
  }
}

export function create(): object {
  const connect = (...args: unknown[]): unknown => {
    const listener = args.findLast((item) => typeof item === "function") as (() => void) | undefined;
    const socket = new exports.TLSSocket() as Connectable & {
      once(event: string, listener: () => void): void;
    };
    if (listener) socket.once("secureConnect", listener);
    return socket.connect(...args);
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
      setDefaultCACertificates: refuse("tls", "setDefaultCACertificates", NO_SOCKETS),
      convertALPNProtocols,
      checkServerIdentity,
      createSecureContext: () => new SecureContext(),
      SecureContext,
      createServer: (...args: unknown[]) => new exports.Server(...args),
      connect,
    },
    {
      TLSSocket: createTlsSocket,
      Server: () => Object.defineProperty(class extends net.Server {}, "name", { value: "Server" }),
    },
  ) as unknown as TlsExports;
  return exports;
}
