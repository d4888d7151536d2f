/** `tls.TLSSocket`: TLS that the host has begun in a connection. */
import type * as crypto from "node:crypto";
import { SOCKET_INNER } from "../net/socket.ts";
import type { SocketBase, SocketClass, SocketInner } from "../net/socket.ts";
import type { Wire } from "../net/wire.ts";
import { nodeError, notAvailable } from "../shared/errors.ts";
import { contextTexts } from "./context.ts";
import type { Certificate } from "./identity.ts";
import { protocolsOf } from "./protocols.ts";
import { peerCertificate, type Session } from "./session.ts";

declare const require: (name: string) => unknown;

type CheckIdentity = (hostname: string, certificate: object) => Error | undefined;

export interface TlsOptions {
  readonly host?: string | null;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
  readonly checkServerIdentity?: CheckIdentity;
  readonly ALPNProtocols?: unknown;
  readonly socket?: unknown;
  readonly [name: string]: unknown;
}

export type TlsSocket = SocketBase & { start(options: TlsOptions, lower: SocketBase | undefined): void };

/** `ownIdentityCheck` is what Node checks by: the host does the same. */
export function createTlsSocketClass(
  Socket: SocketClass,
  ownIdentityCheck: (hostname: string, certificate: Certificate) => Error | undefined,
): new (socket?: unknown, options?: TlsOptions) => TlsSocket {
  return class TLSSocket extends (Socket as new (options?: object) => SocketBase) {
    readonly encrypted: boolean = true;
    authorized = false;
    authorizationError: unknown = null;
    alpnProtocol: string | false | null = null;
    servername: string | false | null = null;
    secureConnecting = true;
    #session: Session | undefined;
    #options: TlsOptions = {};

    constructor(socket?: unknown, options: TlsOptions = {}) {
      if (options["isServer"]) throw notAvailable("tls.TLSSocket as a server", "functions can't listen.");
      super({ ...options, ...(isSocket(socket) && { allowHalfOpen: socket.allowHalfOpen }) });
    }

    /** Begins TLS: as soon as it is connected itself, or in the connection of `lower`. */
    start(options: TlsOptions, lower: SocketBase | undefined): void {
      this.#options = options;
      const inner = this[SOCKET_INNER];
      const begin = this.#beginner(options);
      const { data } = inner.user;
      inner.user = {
        ...inner.user,
        data: (bytes) => (this.secureConnecting ? this.#refusePlain() : data(bytes)),
        secured: (facts) => this.#secured(JSON.parse(facts) as Session),
      };
      if (!lower) inner.opened = begin;
      else if (!lower.connecting) this.#take(lower, begin);
      else {
        this.connecting = true;
        lower.once("connect", () => {
          if (this.destroyed) return;
          this.connecting = false;
          this.#take(lower, begin);
          this.emit("connect");
        });
        lower.once("close", () => this.destroy());
      }
    }

    setServername(name: string): void {
      this.#options = { ...this.#options, servername: name };
    }

    getPeerCertificate(isDetailed: boolean = false): object {
      return peerCertificate(this.#session, isDetailed);
    }

    getPeerX509Certificate(): object | undefined {
      const { raw } = peerCertificate(this.#session, false) as { readonly raw?: Uint8Array };
      const { X509Certificate } = require("node:crypto") as Pick<typeof crypto, "X509Certificate">;
      return raw && new X509Certificate(raw);
    }

    getCertificate(): object {
      return {};
    }

    getCipher(): object | undefined {
      return this.#session?.cipher;
    }

    getProtocol(): string | null {
      return this.#session?.protocol ?? null;
    }

    getSession(): undefined {
      return undefined;
    }

    getTLSTicket(): undefined {
      return undefined;
    }

    getFinished(): undefined {
      return undefined;
    }

    getPeerFinished(): undefined {
      return undefined;
    }

    getEphemeralKeyInfo(): object {
      return {};
    }

    getSharedSigalgs(): string[] {
      return [];
    }

    isSessionReused(): boolean {
      return false;
    }

    setSession(): void {
      // Each connection has a session of its own.
    }

    setMaxSendFragment(): boolean {
      return false;
    }

    enableTrace(): void {
      // The handshake is the engine's.
    }

    disableRenegotiation(): void {
      // There is none.
    }

    renegotiate(_options: object, done?: (error: Error) => void): boolean {
      const error = notAvailable("tls.TLSSocket.renegotiate", "the handshake is the engine's.");
      if (done) process.nextTick(done, error);
      return false;
    }

    exportKeyingMaterial(): never {
      throw notAvailable("tls.TLSSocket.exportKeyingMaterial", "the session is the engine's.");
    }

    #take(lower: SocketBase, begin: (wire: Wire) => void): void {
      const inner = this[SOCKET_INNER];
      const below: SocketInner = lower[SOCKET_INNER];
      const { wire } = below.connection;
      if (!wire || lower.destroyed) {
        this.destroy(nodeError(Error, "ERR_SOCKET_CLOSED", "Socket is closed"));
        return;
      }
      inner.connection = below.connection;
      inner.lower = lower;
      below.upper = this;
      if (lower.readableLength > 0) this.#refusePlain();
      else begin(wire);
    }

    #beginner({ servername, host, rejectUnauthorized, ...options }: TlsOptions): (wire: Wire) => void {
      const texts = {
        ...contextTexts(options),
        ALPNProtocols: protocolsOf(options.ALPNProtocols),
        rejectUnauthorized: rejectUnauthorized !== false,
        checksIdentity: this.#checksIdentity,
      };
      this.#options = { ...this.#options, ...(servername !== undefined && { servername }) };
      return (wire) => {
        const { servername: name } = this.#options;
        this.servername = name || false;
        const { user, connection } = this[SOCKET_INNER];
        wire.startTls({ ...texts, servername: name || undefined, host: host || connection.host }, user);
      };
    }

    get #checksIdentity(): boolean {
      const { checkServerIdentity: check } = this.#options;
      return check !== undefined && check !== ownIdentityCheck;
    }

    /** Whoever sent it has not shown who it is: what comes before TLS is never taken for what comes in it. */
    #refusePlain(): true {
      const message = "Data came before the TLS handshake, outside of TLS";
      this.destroy(nodeError(Error, "ERR_SSL_WRONG_VERSION_NUMBER", message));
      return true;
    }

    #secured(session: Session): void {
      this.#session = session;
      const error = session.authorized ? this.#identityError() : undefined;
      if (error && this.#options.rejectUnauthorized !== false) {
        this.destroy(error);
        return;
      }
      this.authorized = session.authorized && !error;
      this.authorizationError = error
        ? ((error as { code?: string }).code ?? error.message)
        : (session.authorizationError ?? null);
      this.alpnProtocol = session.alpnProtocol;
      this.secureConnecting = false;
      this[SOCKET_INNER].active();
      this.emit("secure");
      this.emit("secureConnect");
    }

    #identityError(): Error | undefined {
      const { checkServerIdentity: check, servername, host } = this.#options;
      if (!check || !this.#checksIdentity) return undefined;
      const named = servername || host || this[SOCKET_INNER].connection.host;
      return check(named, this.getPeerCertificate(true));
    }
  };
}

/** A socket of this runtime's; other streams have no connection that the host could begin TLS in. */
export function isSocket(value: unknown): value is SocketBase {
  return typeof value === "object" && value !== null && SOCKET_INNER in value;
}
