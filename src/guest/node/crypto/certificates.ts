/** Certificates. */
import type { Buffer } from "node:buffer";
import { checkString, invalidType } from "./checks.ts";
import type { Context } from "./context.ts";

/** Read when the certificate is made. */
type Fields = Readonly<Record<string, unknown>> & { readonly raw: Buffer };

const FIELDS = [
  ...["subject", "subjectAltName", "issuer", "infoAccess", "validFrom", "validTo"],
  ...["fingerprint", "fingerprint256", "fingerprint512", "keyUsage", "serialNumber"],
  ...["signatureAlgorithm", "signatureAlgorithmOid", "ca"],
];

export function createCertificates(context: Context): Record<string, unknown> {
  class X509Certificate {
    readonly #fields: Fields;

    constructor(content: unknown) {
      if (typeof content !== "string" && !ArrayBuffer.isView(content)) {
        throw invalidType(
          "buffer",
          "of type string or an instance of Buffer, TypedArray, or DataView",
          content,
        );
      }
      this.#fields = context.ask("certificate", context.text(content, "utf8")) as Fields;
    }

    static read(certificate: X509Certificate, name: string): unknown {
      return certificate.#fields[name];
    }

    get raw(): Buffer {
      return this.#fields.raw;
    }

    get publicKey(): unknown {
      return this.#do("publicKey");
    }

    get issuerCertificate(): undefined {
      return undefined;
    }

    get validFromDate(): Date {
      return new Date(this.#fields["validFrom"] as string);
    }

    get validToDate(): Date {
      return new Date(this.#fields["validTo"] as string);
    }

    checkHost(name: unknown, options?: unknown): unknown {
      checkString(name, "name");
      return this.#do("checkHost", name, options);
    }

    checkEmail(email: unknown, options?: unknown): unknown {
      checkString(email, "email");
      return this.#do("checkEmail", email, options);
    }

    checkIP(ip: unknown): unknown {
      checkString(ip, "ip");
      return this.#do("checkIP", ip);
    }

    checkIssued(other: unknown): unknown {
      if (!(other instanceof X509Certificate)) {
        throw invalidType("otherCert", "an instance of X509Certificate", other);
      }
      return this.#do("checkIssued", other.raw);
    }

    checkPrivateKey(key: unknown): unknown {
      return this.#do("checkPrivateKey", key);
    }

    verify(key: unknown): unknown {
      return this.#do("verify", key);
    }

    toLegacyObject(): unknown {
      return this.#do("toLegacyObject");
    }

    toString(): unknown {
      return this.#do("toString");
    }

    toJSON(): unknown {
      return this.toString();
    }

    #do(method: string, ...args: readonly unknown[]): unknown {
      return context.ask("certificate.do", this.#fields.raw, method, ...args);
    }
  }

  const { read } = X509Certificate;
  Reflect.deleteProperty(X509Certificate, "read");
  for (const name of FIELDS) {
    Object.defineProperty(X509Certificate.prototype, name, {
      get(this: X509Certificate): unknown {
        return read(this, name);
      },
      configurable: true,
    });
  }
  return { X509Certificate, Certificate: spkac(context) };
}

/** Signed public keys and challenges. */
function spkac(context: Context): unknown {
  const methods = {
    verifySpkac: (signed: unknown, encoding?: unknown) =>
      context.ask("spkac.verify", context.text(signed, encoding, "spkac")),
    exportPublicKey: (signed: unknown, encoding?: unknown) =>
      context.ask("spkac.publicKey", context.text(signed, encoding, "spkac")),
    exportChallenge: (signed: unknown, encoding?: unknown) =>
      context.ask("spkac.challenge", context.text(signed, encoding, "spkac")),
  };
  function Certificate(): object {
    return Object.create(Certificate.prototype as object) as object;
  }
  Object.assign(Certificate.prototype as object, methods);
  return Object.assign(Certificate, methods);
}
