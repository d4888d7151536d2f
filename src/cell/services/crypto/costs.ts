/**
 * What a function may cost. At once it holds the cell's thread, in which others wait and nothing interrupts it; later it
 * runs on a thread of Node's pool, of which there are few.
 */
import { ServiceError } from "../service.ts";
import type { Fields } from "./packet.ts";
import { MAX_BYTES } from "./packet.ts";
import { MAX_MODULUS_BITS } from "./key-limits.ts";

/** How a function is called: at once, for some hundreds of milliseconds at most, or in time. */
export type Pace = "now" | "later";

interface Limit {
  readonly what: string;
  readonly now: number;
  readonly later: number;
}

const PBKDF2: Limit = { what: "PBKDF2 iterations times blocks of output", now: 2_000_000, later: 10_000_000 };
const SCRYPT_MEMORY: Limit = { what: "scrypt's memory (128 × N × r bytes)", now: 2 ** 28, later: 2 ** 28 };
const SCRYPT: Limit = { what: "scrypt's N × r × p", now: 2 ** 21, later: 2 ** 23 };
const ARGON2_MEMORY: Limit = { what: "Argon2's memory in KiB", now: 262_144, later: 262_144 };
const ARGON2: Limit = { what: "Argon2's memory in KiB times passes", now: 2 ** 20, later: 2 ** 22 };
const ARGON2_LANES: Limit = { what: "Argon2's parallelism", now: 16, later: 16 };
const RSA_KEY: Limit = { what: "the modulus of a new RSA key in bits", now: 4_096, later: MAX_MODULUS_BITS };
const DSA_KEY: Limit = { what: "the modulus of a new DSA key in bits", now: 1_024, later: 3_072 };
const PRIME: Limit = { what: "the size of a new prime in bits", now: 2_048, later: 4_096 };
const SAFE_PRIME: Limit = { what: "the size of a new safe prime in bits", now: 512, later: 1_024 };
const DH_NEW_PRIME: Limit = { what: "the size of a new Diffie-Hellman prime in bits", now: 512, later: 512 };
const CHECKED_PRIME: Limit = {
  what: "the size of a number checked to be prime in bits",
  now: 3_072,
  later: 4_096,
};
const PRIME_CHECKS: Limit = { what: "the rounds of checking a prime", now: 64, later: 64 };
const DH_PRIME: Limit = { what: "a Diffie-Hellman prime of one's own in bits", now: 2_048, later: 2_048 };
const DH_VALUE: Limit = {
  what: "a number of a Diffie-Hellman exchange in bytes",
  now: MAX_MODULUS_BITS / 8,
  later: MAX_MODULUS_BITS / 8,
};
const OUTPUT: Limit = { what: "what is put out, in bytes", now: MAX_BYTES, later: MAX_BYTES };

function check(limit: Limit, value: unknown, pace: Pace): void {
  // What is no number is for Node to refuse.
  if (typeof value !== "number" || !(value > limit[pace])) return;
  const more =
    pace === "now" && limit.later > limit.now ? `; the asynchronous form allows ${limit.later}` : "";
  throw new ServiceError(
    "RangeError",
    `Refused: ${limit.what} may be at most ${limit[pace]} in this runtime, and would be ${value}${more}.`,
    "ERR_OUT_OF_RANGE",
  );
}

export function checkOutput(sizeBytes: unknown): void {
  check(OUTPUT, sizeBytes, "now");
}

export function checkPbkdf2(iterations: unknown, outputBytes: unknown, pace: Pace): void {
  if (typeof iterations !== "number" || typeof outputBytes !== "number") return;
  checkOutput(outputBytes);
  check(PBKDF2, iterations * Math.max(1, Math.ceil(outputBytes / 32)), pace);
}

export function checkScrypt(outputBytes: unknown, options: Fields, pace: Pace): void {
  const cost = numberOr(options["N"] ?? options["cost"], 16_384);
  const blockSize = numberOr(options["r"] ?? options["blockSize"], 8);
  const lanes = numberOr(options["p"] ?? options["parallelization"], 1);
  checkOutput(outputBytes);
  check(SCRYPT_MEMORY, 128 * cost * blockSize, pace);
  check(SCRYPT, cost * blockSize * lanes, pace);
}

export function checkArgon2(options: Fields, pace: Pace): void {
  const memory = numberOr(options["memory"], 0);
  checkOutput(options["tagLength"]);
  check(ARGON2_MEMORY, memory, pace);
  check(ARGON2, memory * Math.max(1, numberOr(options["passes"], 1)), pace);
  check(ARGON2_LANES, options["parallelism"], pace);
}

export function checkGeneratedPair(type: unknown, options: Fields, pace: Pace): void {
  if (type === "rsa" || type === "rsa-pss") check(RSA_KEY, options["modulusLength"], pace);
  if (type === "dsa") check(DSA_KEY, options["modulusLength"], pace);
  if (type !== "dh") return;
  check(SAFE_PRIME, options["primeLength"], pace);
  checkDhPrime(options["prime"]);
}

export function checkGeneratedKey(options: Fields): void {
  const { length } = options;
  if (typeof length === "number") checkOutput(length / 8);
}

export function checkPrimeSize(size: unknown, options: Fields, pace: Pace): void {
  check(options["safe"] === true ? SAFE_PRIME : PRIME, size, pace);
  if (options["add"] === undefined && options["rem"] === undefined) return;
  throw new ServiceError(
    "Error",
    "Refused: generatePrime() with `add` or `rem` may never end, and can't be interrupted.",
    "ERR_METHOD_NOT_IMPLEMENTED",
  );
}

export function checkCandidate(candidate: unknown, options: Fields, pace: Pace): void {
  check(CHECKED_PRIME, bitsOf(candidate), pace);
  check(PRIME_CHECKS, options["checks"], pace);
}

/** What `createDiffieHellman` takes: the length of a new prime, or a prime. */
export function checkDhPrime(prime: unknown, encoding?: unknown): void {
  if (typeof prime === "number") check(DH_NEW_PRIME, prime, "now");
  else if (typeof prime === "string")
    check(DH_PRIME, encoding === "hex" ? prime.length * 4 : prime.length * 8, "now");
  else check(DH_PRIME, bitsOf(prime), "now");
}

/** The parameters of a Web Crypto algorithm, whatever its method does with them. */
export function checkAlgorithm(algorithm: unknown, outputBits: unknown): void {
  const bits = plainNumber(outputBits, 512);
  checkOutput(bits / 8);
  if (typeof algorithm !== "object" || algorithm === null || ArrayBuffer.isView(algorithm)) return;
  const fields = algorithm as Fields;
  const { name: given } = fields;
  if (typeof given === "object" && given !== null) throw noPlainValue();
  const name = typeof given === "string" ? given.toUpperCase() : "";
  if (name === "PBKDF2") {
    checkPbkdf2(plainNumber(fields["iterations"], 0), (bits > 0 ? bits : 512) / 8, "later");
  }
  if (name.startsWith("ARGON2")) {
    for (const field of ["memory", "passes", "parallelism"]) plainNumber(fields[field], 0);
    checkArgon2(fields, "later");
  }
  check(RSA_KEY, plainNumber(fields["modulusLength"], 0), "later");
  for (const field of ["length", "outputLength"]) checkOutput(plainNumber(fields[field], 0) / 8);
}

/** Sizes that a Diffie-Hellman exchange computes with, in bytes; a text may be written in hexadecimal digits. */
export function checkDhValues(values: readonly unknown[]): void {
  for (const value of values) {
    const size = typeof value === "string" ? value.length / 2 : bitsOf(value) / 8;
    check(DH_VALUE, size, "now");
  }
}

function bitsOf(value: unknown): number {
  if (typeof value === "bigint") return value.toString(16).length * 4;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength * 8;
  return 0;
}

/** Web Crypto takes `[5]` for 5, and would not be checked for it. */
function plainNumber(value: unknown, otherwise: number): number {
  if (typeof value === "object" && value !== null) throw noPlainValue();
  return numberOr(value, otherwise);
}

function noPlainValue(): ServiceError {
  return new ServiceError(
    "TypeError",
    "Refused: a name or number of an algorithm is an object; give a text or a number.",
    "ERR_INVALID_ARG_TYPE",
  );
}

/** As Web Crypto reads numbers; an object has none, and is for Node to refuse. */
function numberOr(value: unknown, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  return typeof value === "object" || typeof value === "bigint" ? NaN : Number(value);
}
