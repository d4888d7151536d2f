import { createPrivateKey } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { SecureContext, SecureContextOptions } from "node:tls";
import type { Deadlines } from "../../base/deadlines.ts";
import { CallFailure } from "../operations.ts";
import type { Authorities } from "./authorities.ts";
import { wrong } from "./socket-text.ts";

/** Options of a secure context that are texts, or lists of them. No file, engine or provider can be named by them. */
const TEXTS = ["ca", "cert", "key", "crl", "ciphers", "ecdhCurve", "sigalgs"] as const;
const VERSIONS = ["minVersion", "maxVersion"] as const;
const VERSION = /^TLSv1(?:\.[123])?$/;

/** Most certificates and keys together, in characters. */
const MATERIAL_LENGTH = 524_288;

/** Contexts are kept as long as what they were made of is no more than this, in characters. */
const KEPT_LENGTH = 1_048_576;

/** Longest modulus of a client's private key: the host signs with it in each handshake, which with 4 096 bits takes 5 ms. */
const MAX_MODULUS_BITS = 4_096;

/** So many characters of certificates and keys are read in a millisecond, at most, on average. */
const CHARACTERS_PER_MS = 1_000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The secure contexts of one environment. Reading certificates holds the host's thread, and so what was read is kept, and
 * what is new is read at a pace.
 */
export class TlsContexts {
  readonly #deadlines: Deadlines;
  readonly #authorities: Authorities;
  readonly #made = new Map<string, SecureContext>();
  readonly #waiting = new Set<() => void>();
  #keptLength = 0;
  #isResting: boolean = false;

  constructor(deadlines: Deadlines, authorities: Authorities) {
    this.#deadlines = deadlines;
    this.#authorities = authorities;
  }

  /**
   * Gives the context for what of a guest's options is about it, now or later; `failed` what is wrong with them. What it gives
   * back calls that off.
   */
  get(fields: Fields, done: (context: SecureContext) => void, failed: (error: unknown) => void): () => void {
    let key: string;
    let options: SecureContextOptions;
    try {
      options = readOptions(fields);
      key = JSON.stringify(options);
    } catch (error) {
      failed(error);
      return () => undefined;
    }
    const begin = (): void => {
      try {
        done(this.#kept(key) ?? this.#make(key, options));
      } catch (error) {
        failed(error);
      }
    };
    if (this.#made.has(key) || (!this.#isResting && this.#waiting.size === 0)) {
      begin();
      return () => undefined;
    }
    this.#waiting.add(begin);
    return () => void this.#waiting.delete(begin);
  }

  #kept(key: string): SecureContext | undefined {
    const context = this.#made.get(key);
    if (!context) return undefined;
    // The one used last is the last to go.
    this.#made.delete(key);
    this.#made.set(key, context);
    return context;
  }

  #make(key: string, options: SecureContextOptions): SecureContext {
    this.#rest(key.length);
    checkKeys(options.key as string | readonly string[] | undefined);
    const { all: ca } = this.#authorities;
    const context = createSecureContext({ ...(ca && { ca }), ...options });
    this.#made.set(key, context);
    this.#keptLength += key.length;
    for (const oldest of this.#made.keys()) {
      if (this.#keptLength <= KEPT_LENGTH || oldest === key) break;
      this.#made.delete(oldest);
      this.#keptLength -= oldest.length;
    }
    return context;
  }

  #rest(length: number): void {
    this.#isResting = true;
    this.#deadlines.set(Math.ceil(length / CHARACTERS_PER_MS), () => {
      this.#isResting = false;
      this.#next();
    });
  }

  #next(): void {
    for (const begin of this.#waiting) {
      if (this.#isResting) return;
      this.#waiting.delete(begin);
      begin();
    }
  }
}

function readOptions(fields: Fields): SecureContextOptions {
  const options: Record<string, string | readonly string[]> = {};
  let length = 0;
  for (const name of TEXTS) {
    const value = fields[name];
    if (value === undefined || value === null) continue;
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!texts.every((text) => typeof text === "string")) throw wrong(`the TLS option ${name} is no text`);
    for (const text of texts) length += text.length + 1;
    options[name] = Array.isArray(value) ? texts : (texts[0] as string);
  }
  for (const name of VERSIONS) {
    const value = fields[name];
    if (typeof value === "string" && VERSION.test(value)) options[name] = value;
    else if (value !== undefined && value !== null)
      throw wrong(`the TLS option ${name} is no version of TLS`);
  }
  if (length > MATERIAL_LENGTH) {
    throw wrong(
      `its certificates, keys and other TLS options have ${length} characters, more than ${MATERIAL_LENGTH}`,
    );
  }
  return options;
}

/** Refuses keys that hold the host's thread: what decrypts one may be told to take any number of rounds. */
function checkKeys(keys: string | readonly string[] | undefined): void {
  for (const text of typeof keys === "string" ? [keys] : (keys ?? [])) {
    if (text.includes("ENCRYPTED")) throw wrong("its private key is encrypted");
    const bits = createPrivateKey(text).asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits <= MAX_MODULUS_BITS) continue;
    const message = `The private key's modulus of ${bits} bits is over the limit for sockets, ${MAX_MODULUS_BITS} bits.`;
    throw new CallFailure("RangeError", message, "ERR_OUT_OF_RANGE");
  }
}
