/** The functions of node:crypto that a guest reaches, each given the values that its guest was. */
import crypto from "node:crypto";
import type { KeyObject } from "node:crypto";
import {
  checkArgon2,
  checkCandidate,
  checkGeneratedKey,
  checkGeneratedPair,
  checkOutput,
  checkPbkdf2,
  checkPrimeSize,
  checkScrypt,
} from "./costs.ts";
import type { Pace } from "./costs.ts";
import { checkKeySize } from "./key-limits.ts";
import { isFields, makeKey, withKey } from "./keys.ts";
import type { Fields } from "./packet.ts";
import { certificateFields, onCertificate } from "./certificates.ts";

type Arguments = readonly unknown[];
type Act = (...args: Arguments[number][]) => unknown;

/** Node's own functions, without their types: the arguments come from the guest, and Node checks them. */
const node = crypto as unknown as Readonly<Record<string, Act>>;

/** What is done at once. */
const NOW: ReadonlyMap<string, Act> = new Map<string, Act>([
  ["facts", () => ({ constants: crypto.constants })],
  ["getHashes", () => crypto.getHashes()],
  ["getCiphers", () => crypto.getCiphers()],
  ["getCurves", () => crypto.getCurves()],
  ["getCipherInfo", plain("getCipherInfo")],
  ["hash.check", (algorithm, options) => void hash(algorithm, options)],
  [
    "hash",
    (algorithm, options, data) =>
      hash(algorithm, options)
        .update(data as Buffer)
        .digest(),
  ],
  ["hmac.check", (algorithm, key, options) => void hmac(algorithm, key, options)],
  [
    "hmac",
    (algorithm, key, options, data) =>
      hmac(algorithm, key, options)
        .update(data as Buffer)
        .digest(),
  ],
  ["sign.check", (algorithm) => void crypto.createSign(algorithm as string)],
  ["verify.check", (algorithm) => void crypto.createVerify(algorithm as string)],
  [
    "sign",
    (algorithm, data, key) =>
      crypto
        .createSign(algorithm as string)
        .update(data as Buffer)
        .sign(withKey("private", key) as KeyObject),
  ],
  [
    "verify",
    (algorithm, data, key, signature) =>
      crypto
        .createVerify(algorithm as string)
        .update(data as Buffer)
        .verify(withKey("public", key) as KeyObject, signature as Buffer),
  ],
  ["publicEncrypt", (key, data) => call("publicEncrypt", withKey("public", key), data)],
  ["publicDecrypt", (key, data) => call("publicDecrypt", withKey("public", key), data)],
  ["privateEncrypt", (key, data) => call("privateEncrypt", withKey("private", key), data)],
  ["privateDecrypt", (key, data) => call("privateDecrypt", withKey("private", key), data)],
  ["createPublicKey", (input) => makeKey("public", input)],
  ["createPrivateKey", (input) => makeKey("private", input)],
  ["createSecretKey", plain("createSecretKey")],
  ["key.export", (key, options) => (key as KeyObject).export(options as never)],
  ["key.equals", (key, other) => (key as KeyObject).equals(other as KeyObject)],
  [
    "key.toCryptoKey",
    (key, algorithm, extractable, usages) =>
      (key as { toCryptoKey: Act }).toCryptoKey(algorithm, extractable, usages),
  ],
  ["ecdh.convertKey", (...args) => (crypto.ECDH.convertKey as Act)(...args)],
  ["spkac.verify", (...args) => (crypto.Certificate.verifySpkac as Act)(...args)],
  ["spkac.publicKey", (...args) => (crypto.Certificate.exportPublicKey as Act)(...args)],
  ["spkac.challenge", (...args) => (crypto.Certificate.exportChallenge as Act)(...args)],
  ["certificate", certificateFields],
  ["certificate.do", onCertificate],
]);

/** What can be done at once, and later on Node's own threads. */
const EITHER: Readonly<Record<string, (pace: Pace, args: Arguments) => Arguments>> = {
  pbkdf2(pace, [password, salt, iterations, size, digest]) {
    checkPbkdf2(iterations, size, pace);
    return [password, salt, iterations, size, digest];
  },
  scrypt(pace, [password, salt, size, options]) {
    checkScrypt(size, fieldsOf(options), pace);
    return [password, salt, size, options ?? {}];
  },
  hkdf(_pace, [digest, key, salt, info, size]) {
    checkOutput(size);
    return [digest, key, salt, info, size];
  },
  argon2(pace, [algorithm, parameters]) {
    checkArgon2(fieldsOf(parameters), pace);
    return [algorithm, parameters];
  },
  generateKeyPair(pace, [type, options]) {
    checkGeneratedPair(type, fieldsOf(options), pace);
    return [type, options ?? {}];
  },
  generateKey(_pace, [type, options]) {
    checkGeneratedKey(fieldsOf(options));
    return [type, options];
  },
  generatePrime(pace, [size, options]) {
    checkPrimeSize(size, fieldsOf(options), pace);
    return [size, options ?? {}];
  },
  checkPrime(pace, [candidate, options]) {
    checkCandidate(candidate, fieldsOf(options), pace);
    return [candidate, options ?? {}];
  },
  encapsulate: (_pace, [key]) => [withKey("public", key)],
  decapsulate: (_pace, [key, ciphertext]) => [withKey("private", key), ciphertext],
  diffieHellman: (_pace, [options]) => [withPair(options)],
};

/** One-shot signatures have one name for both. */
const SIGNATURES: Readonly<Record<string, (args: Arguments) => Arguments>> = {
  "sign.once": ([algorithm, data, key]) => [algorithm, data, withKey("private", key)],
  "verify.once": ([algorithm, data, key, signature]) => [algorithm, data, withKey("public", key), signature],
};

/** What `verb` does at once, if it is anything. */
export function actNow(verb: string): Act | undefined {
  const prepare = own(EITHER, verb);
  if (prepare) {
    const name = ["encapsulate", "decapsulate", "diffieHellman"].includes(verb) ? verb : `${verb}Sync`;
    return (...args) => call(name, ...prepare("now", args));
  }
  const signature = own(SIGNATURES, verb);
  if (signature) return (...args) => call(verb.split(".")[0] ?? "", ...signature(args));
  return NOW.get(verb);
}

/** What `verb` does later, if it is anything. It throws at once what Node does. */
export function actLater(verb: string): ((...args: unknown[]) => Promise<unknown>) | undefined {
  const prepare = own(EITHER, verb);
  if (prepare) return (...args) => promised(verb, prepare("later", args));
  const signature = own(SIGNATURES, verb);
  return signature && ((...args) => promised(verb.split(".")[0] ?? "", signature(args)));
}

function promised(name: string, args: Arguments): Promise<unknown> {
  return new Promise((resolve, reject) => {
    call(name, ...args, (error: unknown, ...results: unknown[]) => {
      if (error instanceof Error) reject(error);
      else if (name === "generateKeyPair") resolve({ publicKey: results[0], privateKey: results[1] });
      else resolve(results[0]);
    });
  });
}

function call(name: string, ...args: unknown[]): unknown {
  const act = node[name];
  if (act) return act(...args);
  throw Object.assign(new Error(`crypto.${name}() is not there in the host's version of Node.`), {
    code: "ERR_METHOD_NOT_IMPLEMENTED",
  });
}

function plain(name: string): Act {
  return (...args) => call(name, ...args);
}

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function hash(algorithm: unknown, options: unknown): crypto.Hash {
  checkOutput(fieldsOf(options)["outputLength"]);
  return crypto.createHash(algorithm as string, options as crypto.HashOptions);
}

function hmac(algorithm: unknown, key: unknown, options: unknown): ReturnType<typeof crypto.createHmac> {
  return crypto.createHmac(algorithm as string, key as Buffer, options as crypto.HashOptions);
}

function withPair(options: unknown): unknown {
  if (!isFields(options)) return options;
  const { privateKey, publicKey } = options;
  for (const key of [privateKey, publicKey]) if (typeof key === "string") checkKeySize(key.length);
  return { ...options, privateKey: withKey("private", privateKey), publicKey: withKey("public", publicKey) };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}
