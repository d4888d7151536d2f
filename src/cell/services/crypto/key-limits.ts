/** What a key may cost, to read and to use. OpenSSL can't be interrupted. */
import type { KeyObject } from "node:crypto";
import { ServiceError } from "../service.ts";

/** Longest modulus of an RSA or DSA key: signing with 8 192 bits takes some 50 ms. */
export const MAX_MODULUS_BITS = 8_192;

/**
 * Longest text of a key. One of 8 192 bits takes 6 400; what is hidden in a longer one is a number that takes OpenSSL seconds
 * to hours to compute with.
 */
const MAX_KEY_BYTES = 16_384;

/** Longest text of a certificate. */
const MAX_CERTIFICATE_BYTES = 262_144;

/** Most rounds of what an encrypted private key derives its key by. */
const MAX_ROUNDS = 134_217_728;

export function checkStrength(key: KeyObject): KeyObject {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits > MAX_MODULUS_BITS) {
    throw refusal(`a key's modulus of ${bits} bits; this runtime's limit is ${MAX_MODULUS_BITS} bits`);
  }
  return key;
}

export function checkKeySize(sizeBytes: number): void {
  if (sizeBytes > MAX_KEY_BYTES) {
    throw refusal(`a key of ${sizeBytes} bytes; this runtime's limit is ${MAX_KEY_BYTES}`);
  }
}

export function checkCertificateSize(sizeBytes: number): void {
  if (sizeBytes > MAX_CERTIFICATE_BYTES) {
    throw refusal(`a certificate of ${sizeBytes} bytes; this runtime's limit is ${MAX_CERTIFICATE_BYTES}`);
  }
}

/** Of a key in JSON its members, each of which may be a number. */
export function checkJwk(key: object): void {
  let size = 0;
  for (const value of Object.values(key) as unknown[]) if (typeof value === "string") size += value.length;
  checkKeySize(size);
}

/**
 * Refuses an encrypted private key that takes long to decrypt. Its rounds stand in the integers of its algorithm:
 * PBKDF2's iterations and key length, or scrypt's N, r, p and key length.
 */
export function checkRounds(text: Buffer): void {
  for (const der of encryptedParts(text)) {
    const rounds = integersIn(algorithmOf(der)).reduce((product, value) => product * Math.max(1, value), 1);
    if (!(rounds <= MAX_ROUNDS)) throw refusal("an encrypted key that takes so many rounds to decrypt");
  }
}

function encryptedParts(text: Buffer): Buffer[] {
  if (text[0] === SEQUENCE) return [text];
  const found = text.toString("latin1").split("-----BEGIN ENCRYPTED PRIVATE KEY-----").slice(1);
  return found.map((part) => Buffer.from(part.split("-----END")[0] ?? "", "base64"));
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;

interface Node {
  readonly tag: number;
  readonly content: Buffer;
  readonly rest: Buffer;
}

/** The algorithm of an EncryptedPrivateKeyInfo; empty when it is another structure, which is not encrypted. */
function algorithmOf(der: Buffer): Buffer {
  const outer = nodeAt(der);
  const first = nodeAt(outer.content);
  return first.tag === SEQUENCE ? first.content : Buffer.alloc(0);
}

/** All integers in it, at any depth. */
function integersIn(der: Buffer, depth = 0): number[] {
  if (depth > 8) throw refusal("an encrypted key of this structure");
  const found: number[] = [];
  for (let left = der; left.length > 0;) {
    const { tag, content, rest } = nodeAt(left);
    if (tag === INTEGER) found.push(numberOf(content));
    else if (tag === SEQUENCE) found.push(...integersIn(content, depth + 1));
    left = rest;
  }
  return found;
}

function numberOf(content: Buffer): number {
  return content.length > 6 ? Infinity : content.length === 0 ? 0 : content.readUIntBE(0, content.length);
}

function nodeAt(der: Buffer): Node {
  const tag = der[0];
  const short = der[1];
  if (tag === undefined || short === undefined) throw refusal("an encrypted key that can't be read");
  const lengthBytes = short < 0x80 ? 0 : short - 0x80;
  if (short === 0x80 || lengthBytes > 4) throw refusal("an encrypted key that can't be read");
  const length =
    lengthBytes === 0 ? short : der.length < 2 + lengthBytes ? Infinity : der.readUIntBE(2, lengthBytes);
  const start = 2 + lengthBytes;
  if (start + length > der.length) throw refusal("an encrypted key that can't be read");
  return { tag, content: der.subarray(start, start + length), rest: der.subarray(start + length) };
}

function refusal(what: string): ServiceError {
  return new ServiceError("RangeError", `Refused: ${what}.`, "ERR_OUT_OF_RANGE");
}
