/** Keys as the functions of node:crypto are given them: texts, structures, or keys that were made before. */
import { createPrivateKey, createPublicKey, KeyObject } from "node:crypto";
import { checkJwk, checkKeySize, checkRounds, checkStrength } from "./key-limits.ts";
import type { Fields } from "./packet.ts";
import { Recent } from "./recent.ts";

type Kind = "public" | "private";

/** PEM texts that have been read lately: they are given anew with every signature. */
const read = new Recent<KeyObject>(64);

/** A key of its own. */
export function makeKey(kind: Kind, input: unknown): KeyObject {
  const known = typeof input === "string" ? read.get(kind + input) : undefined;
  if (known) return known;
  const content = isFields(input) ? input["key"] : input;
  if (!(content instanceof KeyObject)) checkContent(content, isFields(input) ? input : {});
  const make = (kind === "public" ? createPublicKey : createPrivateKey) as (input: unknown) => KeyObject;
  const key = checkStrength(make(input));
  if (typeof input === "string") read.set(kind + input, key);
  return key;
}

/** The same, with the key in it made; what is no key is for Node to refuse. */
export function withKey(kind: Kind, input: unknown): unknown {
  if (isKey(input)) return input;
  if (!isFields(input)) return isText(input) ? makeKey(kind, input) : input;
  const { key, format, type, passphrase, encoding, ...options } = input;
  if (isKey(key) || (!isText(key) && format !== "jwk")) return input;
  const given = withoutUndefined({ key, format, type, passphrase, encoding });
  return Object.assign(Object.create(null), options, { key: makeKey(kind, given) });
}

function isKey(value: unknown): boolean {
  return value instanceof KeyObject || value instanceof CryptoKey;
}

function isText(value: unknown): boolean {
  return typeof value === "string" || ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
}

function withoutUndefined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function checkContent(content: unknown, { passphrase, encoding }: Fields): void {
  if (isFields(content)) return checkJwk(content);
  const bytes = bytesOf(content, encoding);
  checkKeySize(bytes.length);
  if (passphrase !== undefined) checkRounds(bytes);
}

function bytesOf(content: unknown, encoding: unknown): Buffer {
  if (typeof content === "string") {
    return Buffer.from(content, Buffer.isEncoding(String(encoding)) ? (encoding as BufferEncoding) : "utf8");
  }
  if (ArrayBuffer.isView(content)) return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return content instanceof ArrayBuffer ? Buffer.from(content) : Buffer.alloc(0);
}
