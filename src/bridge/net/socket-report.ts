import type { Socket } from "node:net";
import type { PeerCertificate, TLSSocket } from "node:tls";

/** Longest message of an error, in characters. */
const MESSAGE_LENGTH = 8_192;

/** Most certificates of a chain that are told. */
const CHAIN_LENGTH = 8;

/** Fields of system, TLS and OpenSSL errors that a guest gets, beside the message. */
const ERROR_FIELDS = [
  "code",
  "errno",
  "syscall",
  "address",
  "port",
  "hostname",
  "reason",
  "host",
  "library",
] as const;

/** JSON of who is connected with whom. */
export function connectionText(socket: Socket, wasLookedUp: boolean): string {
  const { localAddress, localPort, localFamily, remoteAddress, remotePort, remoteFamily } = socket;
  return JSON.stringify({
    localAddress,
    localPort,
    localFamily,
    remoteAddress,
    remotePort,
    remoteFamily,
    wasLookedUp,
  });
}

/** JSON of what TLS has agreed upon, and who the other side is. */
export function sessionText(socket: TLSSocket): string {
  const { authorized, authorizationError, alpnProtocol } = socket;
  return JSON.stringify({
    authorized,
    authorizationError:
      (authorizationError as (Error & { readonly code?: string }) | undefined)?.code ?? authorizationError,
    alpnProtocol,
    protocol: socket.getProtocol(),
    cipher: socket.getCipher(),
    chain: chainOf(socket),
  });
}

/** JSON of a socket's error. Of several addresses each may have one of its own. */
export function socketErrorText(error: unknown): string {
  const { errors } = error as { readonly errors?: unknown };
  return JSON.stringify({
    ...errorFields(error),
    ...(Array.isArray(errors) && { errors: errors.slice(0, 16).map(errorFields) }),
  });
}

function errorFields(error: unknown): Record<string, unknown> {
  const { message, ...rest } = Object(error) as Readonly<Record<string, unknown>>;
  const text = error instanceof Error ? error.message : String(message);
  const fields: Record<string, unknown> = { message: text.slice(0, MESSAGE_LENGTH) };
  for (const name of ERROR_FIELDS) {
    const value = rest[name];
    if (typeof value === "number") fields[name] = value;
    else if (typeof value === "string") fields[name] = value.slice(0, MESSAGE_LENGTH);
  }
  return fields;
}

/** The server's certificate and those that vouch for it, each by what Node tells of it; bytes in Base64. */
function chainOf(socket: TLSSocket): object[] {
  const chain: object[] = [];
  const seen = new Set<unknown>();
  let next: Partial<ReturnType<TLSSocket["getPeerCertificate"]>> & { issuerCertificate?: PeerCertificate } =
    socket.getPeerCertificate(true);
  while (next.raw && !seen.has(next.fingerprint256) && chain.length < CHAIN_LENGTH) {
    seen.add(next.fingerprint256);
    const { raw, pubkey, issuerCertificate, ...fields } = next as PeerCertificate & {
      issuerCertificate?: PeerCertificate;
    };
    chain.push({ ...fields, raw: raw.toString("base64"), pubkey: pubkey?.toString("base64") });
    next = issuerCertificate ?? {};
  }
  return chain;
}
