/** Web Crypto, by the host's own: it reads the algorithms, and says what is wrong with them. */
import { webcrypto } from "node:crypto";
import { ServiceError } from "../service.ts";
import { checkAlgorithm } from "./costs.ts";
import { checkJwk, checkKeySize } from "./key-limits.ts";
import { isFields } from "./keys.ts";

const METHODS = [
  ...["digest", "encrypt", "decrypt", "sign", "verify", "generateKey", "deriveKey", "deriveBits"],
  ...["importKey", "exportKey", "wrapKey", "unwrapKey", "getPublicKey"],
  ...["encapsulateBits", "encapsulateKey", "decapsulateBits", "decapsulateKey"],
];

/** Where methods that make keys have the key's algorithm and `extractable`. */
const KEY_MAKERS: Readonly<Record<string, number>> = {
  generateKey: 1,
  importKey: 3,
  deriveKey: 3,
  unwrapKey: 5,
  encapsulateKey: 3,
  decapsulateKey: 4,
};

/** Keys that others are derived of can't be extractable. */
const FOR_DERIVING = /^(hkdf|pbkdf2|argon2)/i;

/**
 * Has `method` do its work. Keys it makes are extractable wherever they can be, for their bytes to be taken along; the
 * guest holds them to what was asked for.
 */
export async function onSubtle(method: string, args: readonly unknown[]): Promise<unknown> {
  const act = (webcrypto.subtle as unknown as Record<string, unknown>)[method];
  if (!METHODS.includes(method) || typeof act !== "function") {
    throw new ServiceError(
      "NotSupportedError",
      `crypto.subtle.${method}() is not there in the host's version of Node.`,
    );
  }
  const outputBits = outputBitsOf(method, args[2]);
  for (const argument of args) checkAlgorithm(argument, outputBits);
  if (method === "importKey" || method === "unwrapKey") checkGivenKey(args[0], args[1]);
  return await (act as (...args: unknown[]) => Promise<unknown>).apply(
    webcrypto.subtle,
    extractable(method, args),
  );
}

/** A key that is made of numbers; a raw one is bytes and of any length. */
function checkGivenKey(format: unknown, key: unknown): void {
  if (typeof format === "string" && format.startsWith("raw")) return;
  if (isFields(key)) checkJwk(key);
  else if (ArrayBuffer.isView(key) || key instanceof ArrayBuffer) checkKeySize(key.byteLength);
}

function outputBitsOf(method: string, third: unknown): unknown {
  if (method === "deriveBits") return third;
  return method === "deriveKey" && isFields(third) ? third["length"] : undefined;
}

function extractable(method: string, args: readonly unknown[]): unknown[] {
  const given = [...args];
  const at = KEY_MAKERS[method];
  if (at === undefined || args.length <= at || args[at] === true) return given;
  const algorithm = args[at - 1];
  const name = isFields(algorithm) ? algorithm["name"] : algorithm;
  if (typeof name !== "string" || FOR_DERIVING.test(name)) return given;
  if (args[0] === "jwk") {
    // It may say that it isn't to be extractable, which would be refused.
    if (method !== "importKey" || !isFields(args[1])) return given;
    given[1] = Object.assign(Object.create(null), args[1], { ext: undefined });
  }
  given[at] = true;
  return given;
}
