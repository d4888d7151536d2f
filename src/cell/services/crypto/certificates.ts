/** X.509 certificates, given as their bytes each time. */
import { X509Certificate } from "node:crypto";
import { ServiceError } from "../service.ts";
import { checkCertificateSize, checkStrength } from "./key-limits.ts";
import { Recent } from "./recent.ts";

const FIELDS = [
  "subject",
  "subjectAltName",
  "issuer",
  "infoAccess",
  "validFrom",
  "validTo",
  "fingerprint",
  "fingerprint256",
  "fingerprint512",
  "keyUsage",
  "serialNumber",
  "signatureAlgorithm",
  "signatureAlgorithmOid",
  "ca",
  "raw",
] as const;

const METHODS = [
  "checkHost",
  "checkEmail",
  "checkIP",
  "checkPrivateKey",
  "toLegacyObject",
  "toString",
  "verify",
] as const;

const read = new Recent<X509Certificate>(32);

/** What can be read of a certificate. */
export function certificateFields(bytes: unknown): Record<string, unknown> {
  const certificate = certificateOf(bytes);
  return Object.fromEntries(FIELDS.map((name) => [name, Reflect.get(certificate, name)]));
}

/** Has one of its methods do something; `publicKey` is read, and `checkIssued` takes the other one's bytes. */
export function onCertificate(bytes: unknown, method: unknown, ...args: unknown[]): unknown {
  const certificate = certificateOf(bytes);
  if (method === "publicKey") return checkStrength(certificate.publicKey);
  if (method === "checkIssued") return certificate.checkIssued(certificateOf(args[0]));
  const name = METHODS.find((known) => known === method);
  if (!name)
    throw new ServiceError("TypeError", "A certificate has no such method.", "ERR_INVALID_ARG_VALUE");
  return (certificate[name] as (...args: unknown[]) => unknown)(...args);
}

function certificateOf(bytes: unknown): X509Certificate {
  if (!(bytes instanceof Uint8Array)) return new X509Certificate(bytes as Buffer);
  checkCertificateSize(bytes.length);
  const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const known = read.get(name);
  if (known) return known;
  const certificate = new X509Certificate(bytes);
  read.set(name, certificate);
  return certificate;
}
