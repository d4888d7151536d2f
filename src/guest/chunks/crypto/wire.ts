/**
 * Values as the guest and the cell's crypto service pass them to each other; src/cell/services/crypto/packet.ts says
 * what they look like.
 */
import { failureOf } from "./failure.ts";
import { bytesOfText, textOfBytes, viewOf } from "./bytes.ts";

/** Bytes that are a text already. */
export class ByteText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A key's content. */
export interface KeyRecord {
  readonly type: string;
  /** Raw of a secret key, SPKI of a public one, PKCS #8 of a private one. */
  readonly text: string;
  readonly kind?: unknown;
  readonly details?: unknown;
}

/** A CryptoKey's content. */
export interface CryptoKeyRecord {
  readonly type: string;
  readonly algorithm: Record<string, unknown>;
  readonly extractable: boolean;
  readonly usages: readonly string[];
  readonly text: string;
}

/** What is made of what comes, and what the keys among what goes hold. */
export interface WireParts {
  readonly bytes: (text: string) => unknown;
  readonly key: (record: KeyRecord) => unknown;
  readonly cryptoKey: (record: CryptoKeyRecord) => unknown;
  readonly keyRecord: (value: object) => KeyRecord | undefined;
  readonly cryptoKeyRecord: (value: object) => CryptoKeyRecord | undefined;
  readonly DOMException: new (message: string, name: string) => Error;
}

const MAX_DEPTH = 8;

export interface Wire {
  pack(args: readonly unknown[]): string;
  /** @throws what the cell says was wrong. */
  unpack(answer: string): unknown;
}

export function createWire(parts: WireParts): Wire {
  return {
    pack(args) {
      const pieces: string[] = [];
      const head = JSON.stringify(write(args, pieces, parts, 0));
      return `${head}\n${pieces.join("")}`;
    },
    unpack(answer) {
      if (answer.startsWith("!")) throw failureOf(answer.slice(1), parts.DOMException);
      const cut = answer.indexOf("\n");
      return read(JSON.parse(answer.slice(1, cut)), { text: answer, at: cut + 1 }, parts);
    },
  };
}

function write(value: unknown, pieces: string[], parts: WireParts, depth: number): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : ["n", Object.is(value, -0) ? "-0" : `${value}`];
    case "bigint":
      return ["i", `${value}`];
    case "object":
      return value === null ? null : writeObject(value, pieces, parts, depth);
    default:
      return ["u"];
  }
}

function writeObject(value: object, pieces: string[], parts: WireParts, depth: number): unknown {
  if (value instanceof ByteText) return ["b", push(value.text, pieces)];
  const view = viewOf(value);
  if (view) return [value instanceof Uint8Array ? "b" : "v", push(textOfBytes(view), pieces)];
  const key = parts.keyRecord(value);
  if (key) return ["k", key.type, push(key.text, pieces)];
  const cryptoKey = parts.cryptoKeyRecord(value);
  if (cryptoKey) return writeCryptoKey(cryptoKey, pieces, parts, depth);
  if (depth > MAX_DEPTH) return ["u"];
  if (Array.isArray(value)) return ["l", ...value.map((item) => write(item, pieces, parts, depth + 1))];
  const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name in value) {
    // A number as a name would be moved to the front, ahead of others' bytes.
    const field = /^\d/.test(name) ? undefined : (value as Record<string, unknown>)[name];
    if (field !== undefined && typeof field !== "function")
      fields[name] = write(field, pieces, parts, depth + 1);
  }
  return fields;
}

function writeCryptoKey(key: CryptoKeyRecord, pieces: string[], parts: WireParts, depth: number): unknown {
  const { type, algorithm, extractable, usages, text } = key;
  const head = ["c", type, write(algorithm, pieces, parts, depth + 1), extractable, ["l", ...usages]];
  return [...head, push(text, pieces)];
}

function push(text: string, pieces: string[]): number {
  pieces.push(text);
  return text.length;
}

/** What has been taken of an answer's bytes. */
interface Source {
  readonly text: string;
  at: number;
}

function read(value: unknown, source: Source, parts: WireParts): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return readTagged(value, source, parts);
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(value))
    fields[name] = read((value as Record<string, unknown>)[name], source, parts);
  return fields;
}

function readTagged([tag, ...rest]: readonly unknown[], source: Source, parts: WireParts): unknown {
  switch (tag) {
    case "b":
      return parts.bytes(take(rest[0], source));
    case "v":
      return bytesOfText(take(rest[0], source)).buffer;
    case "l":
      return rest.map((item) => read(item, source, parts));
    case "i":
      return BigInt(rest[0] as string);
    case "n":
      return Number(rest[0]);
    case "k": {
      const [type, length, kind, details] = rest;
      const text = take(length, source);
      return parts.key({
        type: type as string,
        text,
        kind: read(kind, source, parts),
        details: read(details, source, parts),
      });
    }
    case "c": {
      const [type, algorithm, extractable, usages, length] = rest;
      return parts.cryptoKey({
        type: type as string,
        algorithm: read(algorithm, source, parts) as Record<string, unknown>,
        extractable: extractable as boolean,
        usages: read(usages, source, parts) as readonly string[],
        text: take(length, source),
      });
    }
    default:
      return undefined;
  }
}

function take(length: unknown, source: Source): string {
  const start = source.at;
  source.at += length as number;
  return source.text.slice(start, source.at);
}
