/** Keys as values: what the guest holds of a key, and the key that this is for Node. */
import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from "node:crypto";
import type { webcrypto } from "node:crypto";
import { ServiceError } from "../service.ts";
import { checkKeySize, checkStrength } from "./key-limits.ts";
import { Recent } from "./recent.ts";

/** Keys that have been read lately; reading one takes OpenSSL longer than many a use of it. */
const read = new Recent<KeyObject>(256);

/** A CryptoKey's content. */
export interface CryptoKeyRecord {
  readonly type: unknown;
  readonly algorithm: unknown;
  readonly extractable: boolean;
  readonly usages: unknown;
  readonly bytes: Buffer;
}

export function keyObjectOf(type: unknown, bytes: Buffer): KeyObject {
  if (type === "secret") return createSecretKey(bytes);
  const name = `${String(type)}:${bytes.toString("latin1")}`;
  const known = read.get(name);
  if (known) return known;
  checkKeySize(bytes.length);
  const key = checkStrength(asymmetric(type, bytes));
  read.set(name, key);
  return key;
}

function asymmetric(type: unknown, key: Buffer): KeyObject {
  if (type === "public") return createPublicKey({ key, format: "der", type: "spki" });
  if (type === "private") return createPrivateKey({ key, format: "der", type: "pkcs8" });
  throw new ServiceError("TypeError", "There is no such type of key.", "ERR_INVALID_ARG_VALUE");
}

/** The bytes that {@link keyObjectOf} makes the key of. */
export function keyBytes(key: KeyObject): Buffer {
  if (key.type === "secret") return key.export();
  return key.type === "public"
    ? key.export({ format: "der", type: "spki" })
    : key.export({ format: "der", type: "pkcs8" });
}

type ToCryptoKey = (algorithm: unknown, extractable: boolean, usages: unknown) => webcrypto.CryptoKey;

export function cryptoKeyOf({
  type,
  algorithm,
  extractable,
  usages,
  bytes,
}: CryptoKeyRecord): webcrypto.CryptoKey {
  const key = keyObjectOf(type, bytes) as unknown as { toCryptoKey: ToCryptoKey };
  return key.toCryptoKey(algorithm, extractable, usages);
}

export function recordOf(key: webcrypto.CryptoKey): CryptoKeyRecord {
  const { type, algorithm, extractable, usages } = key;
  return { type, algorithm, extractable, usages, bytes: keyBytes(asKeyObject(key)) };
}

/** Keys of which others are derived are never extractable, and Node warns of taking these out. */
function asKeyObject(key: webcrypto.CryptoKey): KeyObject {
  const before = process.noDeprecation;
  process.noDeprecation = true;
  try {
    return KeyObject.from(key);
  } finally {
    if (before === undefined) Reflect.deleteProperty(process, "noDeprecation");
    else process.noDeprecation = before;
  }
}
