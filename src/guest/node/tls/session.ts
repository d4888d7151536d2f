/** What TLS has agreed upon, as the host tells it. */
import { Buffer } from "node:buffer";
import type { Certificate } from "./identity.ts";

interface CertificateText extends Certificate {
  readonly raw: string;
  readonly pubkey?: string;
  readonly [field: string]: unknown;
}

/** A certificate as Node gives it. */
type PeerCertificate = Certificate & { raw: Buffer; issuerCertificate?: PeerCertificate };

export interface Session {
  readonly authorized: boolean;
  readonly authorizationError?: string | null;
  readonly alpnProtocol: string | false;
  readonly protocol: string | null;
  readonly cipher: object;
  readonly chain: readonly CertificateText[];
}

/** The server's certificate; in detail with those that vouch for it, the last of which is its own. */
export function peerCertificate(session: Session | undefined, isDetailed: boolean): object {
  const chain = (session?.chain ?? []).map(certificateOf);
  const [first] = chain;
  if (!first) return {};
  if (isDetailed) {
    for (const [at, certificate] of chain.entries()) {
      certificate.issuerCertificate = chain[at + 1] ?? certificate;
    }
  }
  return first;
}

function certificateOf({ raw, pubkey, ...fields }: CertificateText): PeerCertificate {
  return {
    ...fields,
    ...(pubkey !== undefined && { pubkey: Buffer.from(pubkey, "base64") }),
    raw: Buffer.from(raw, "base64"),
  };
}
