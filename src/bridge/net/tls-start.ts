import { isIP } from "node:net";
import type { Socket } from "node:net";
import { connect } from "node:tls";
import type { SecureContext, TLSSocket } from "node:tls";
import { readFields, wrong } from "./socket-text.ts";
import type { TlsContexts } from "./tls-contexts.ts";

/** Longest text of TLS options: those of a context, written as JSON, and the rest. */
const OPTIONS_LENGTH = 1_200_000;

const NAME_LENGTH = 255;
const PROTOCOLS = 32;

interface TlsTarget {
  readonly servername: string;
  readonly host: string;
  readonly protocols: string[];
  readonly rejectsUnauthorized: boolean;
  readonly checksIdentity: boolean;
}

/**
 * Begins TLS in a socket, by a guest's options as JSON; gives what calls it off. The certificate is checked for the name that
 * the guest gives, else for the host that the socket was connected to.
 */
export function startTls(
  socket: Socket,
  text: string,
  hostOfSocket: string,
  contexts: TlsContexts,
  begun: (socket: TLSSocket) => void,
  failed: (error: unknown) => void,
): () => void {
  const fields = readFields(text, OPTIONS_LENGTH);
  const target = readTarget(fields, hostOfSocket);
  return contexts.get(
    fields,
    (context) => {
      begun(begin(socket, target, context));
    },
    failed,
  );
}

function begin(socket: Socket, target: TlsTarget, secureContext: SecureContext): TLSSocket {
  const { servername, host, protocols, rejectsUnauthorized, checksIdentity } = target;
  return connect({
    socket,
    secureContext,
    host,
    ...(servername !== "" && { servername }),
    ...(protocols.length > 0 && { ALPNProtocols: protocols }),
    rejectUnauthorized: rejectsUnauthorized,
    // The guest does it by a function of its own, when it is told of the certificate.
    ...(checksIdentity && { checkServerIdentity: () => undefined }),
  });
}

function readTarget(fields: Readonly<Record<string, unknown>>, hostOfSocket: string): TlsTarget {
  const { ALPNProtocols: protocols = [], rejectUnauthorized, checksIdentity } = fields;
  const servername = nameOf(fields, "servername");
  if (!Array.isArray(protocols) || protocols.length > PROTOCOLS || !protocols.every(isProtocol)) {
    throw wrong(`the TLS option ALPNProtocols is no list of at most ${PROTOCOLS} names`);
  }
  return {
    // An address is no server's name (RFC 6066), but is looked for in the certificate.
    servername: isIP(servername) === 0 ? servername : "",
    host: servername || nameOf(fields, "host") || hostOfSocket,
    protocols,
    rejectsUnauthorized: rejectUnauthorized !== false,
    checksIdentity: checksIdentity === true,
  };
}

function nameOf(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name] ?? "";
  if (typeof value === "string" && value.length <= NAME_LENGTH && !value.includes("\0")) return value;
  throw wrong(`the TLS option ${name} is no name`);
}

function isProtocol(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= NAME_LENGTH;
}
