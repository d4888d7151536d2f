/** `tls.SecureContext`: certificates and keys as the texts that the host is told. */
import type * as crypto from "node:crypto";
import { invalidArgType, notAvailable } from "../shared/errors.ts";

declare const require: (name: string) => unknown;

type Options = Readonly<Record<string, unknown>>;

/** Texts by the option's name. */
export type ContextTexts = Readonly<Record<string, string | readonly string[]>>;

/** Options by which Node would read files, load code or call back. */
const REFUSED: Readonly<Record<string, string>> = {
  pfx: "give the certificate and its key as cert and key, in PEM.",
  pskCallback: "the handshake is the engine's.",
  privateKeyEngine: "the handshake is the engine's.",
  clientCertEngine: "the handshake is the engine's.",
  SNICallback: "functions can't listen.",
};

const TEXTS = ["ca", "cert", "crl", "ciphers", "ecdhCurve", "sigalgs", "minVersion", "maxVersion"];

const textsOf = new WeakMap<object, ContextTexts>();

export class SecureContext {
  readonly context: object = {};

  constructor(options: Options = {}) {
    textsOf.set(this, readContext(options));
  }
}

/** What the host is told of the context in a socket's options. */
export function contextTexts(options: Options): ContextTexts {
  const { secureContext } = options;
  if (secureContext === undefined || secureContext === null) return readContext(options);
  const texts = textsOf.get(secureContext);
  if (texts) return texts;
  throw invalidArgType("options.secureContext", "SecureContext", secureContext);
}

function readContext(options: Options): ContextTexts {
  for (const [name, why] of Object.entries(REFUSED)) {
    if (isGiven(options[name])) throw notAvailable(`The option ${name} of tls.connect`, why);
  }
  const texts: Record<string, string | readonly string[]> = {};
  for (const name of TEXTS) {
    const value = options[name];
    if (isGiven(value)) texts[name] = Array.isArray(value) ? value.map(textFor(name)) : textFor(name)(value);
  }
  const { key, passphrase } = options;
  if (isGiven(key)) {
    const keys: readonly unknown[] = Array.isArray(key) ? key : [key];
    texts["key"] = keys.map((item) => keyText(item, passphrase));
  }
  return texts;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}

function textFor(name: string): (value: unknown) => string {
  return (value) => {
    if (typeof value === "string") return value;
    if (ArrayBuffer.isView(value)) {
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1");
    }
    throw invalidArgType(`options.${name}`, ["string", "Buffer", "TypedArray", "DataView"], value);
  };
}

/** An encrypted key is decrypted here, where it takes the function's time. */
function keyText(value: unknown, passphrase: unknown): string {
  const { pem, passphrase: own = passphrase } = (
    typeof value === "object" && value !== null && "pem" in value ? value : { pem: value }
  ) as { readonly pem: unknown; readonly passphrase?: unknown };
  if (isKeyObject(pem)) return pem.export({ type: "pkcs8", format: "pem" }) as string;
  const text = textFor("key")(pem);
  if (!text.includes("ENCRYPTED")) return text;
  const { createPrivateKey } = require("node:crypto") as Pick<typeof crypto, "createPrivateKey">;
  const key = createPrivateKey({ key: text, passphrase: own as string });
  return key.export({ type: "pkcs8", format: "pem" }) as string;
}

function isKeyObject(value: unknown): value is crypto.KeyObject {
  return typeof value === "object" && value !== null && "export" in value && "type" in value;
}
