/** `tls.checkServerIdentity`: whether a certificate is one for a host, by RFC 6125. */
import { nodeError } from "../shared/errors.ts";
import { isIP } from "../net/ip.ts";

export interface Certificate {
  readonly subject?: { readonly CN?: string | readonly string[] };
  readonly subjectaltname?: string;
}

export function checkServerIdentity(hostname: string, certificate: Certificate): Error | undefined {
  const host = hostname.replace(/\.$/, "").toLowerCase();
  const names = (certificate.subjectaltname ?? "").split(", ").filter((item) => item !== "");
  const of = (kind: string): string[] =>
    names.filter((item) => item.startsWith(kind)).map((item) => item.slice(kind.length));
  const domains = of("DNS:");
  const addresses = of("IP Address:");
  if (isIP(host)) {
    if (addresses.some((address) => address.toLowerCase() === host)) return undefined;
    return mismatch(`IP: ${host} is not in the cert's list: ${addresses.join(", ")}`, host, certificate);
  }
  const { CN: given = [] } = certificate.subject ?? {};
  const common = typeof given === "string" ? [given] : given;
  // The common name counts only where the certificate names no hosts otherwise.
  const valid = domains.length > 0 ? domains : common;
  if (valid.some((pattern) => matches(host, pattern.toLowerCase()))) return undefined;
  if (domains.length > 0) {
    return mismatch(`Host: ${host}. is not in the cert's altnames: ${names.join(", ")}`, host, certificate);
  }
  if (common.length > 0)
    return mismatch(`Host: ${host}. is not cert's CN: ${common.join(", ")}`, host, certificate);
  return mismatch("Cert does not contain a DNS name", host, certificate);
}

function matches(host: string, pattern: string): boolean {
  if (!pattern.includes("*")) return host === pattern.replace(/\.$/, "");
  const [first = "", ...rest] = pattern.split(".");
  const [label = "", ...more] = host.split(".");
  if (rest.length < 2 || rest.join(".") !== more.join(".") || first.includes("xn--")) return false;
  const [before = "", after = "", extra] = first.split("*");
  if (extra !== undefined || label.length < before.length + after.length) return false;
  return label.startsWith(before) && label.endsWith(after);
}

function mismatch(reason: string, host: string, cert: Certificate): Error {
  const error = nodeError(
    Error,
    "ERR_TLS_CERT_ALTNAME_INVALID",
    `Hostname/IP does not match certificate's altnames: ${reason}`,
  );
  return Object.assign(error, { reason, host, cert });
}
