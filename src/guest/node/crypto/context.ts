/** What the parts of node:crypto share: the way to the cell's service, and texts made of bytes and back. */
import type { Buffer as NodeBuffer } from "node:buffer";
import type { Parts } from "../../runtime/globals/parts.ts";
import { textOfBytes, viewOf } from "../../chunks/crypto/bytes.ts";
import { ByteText, createWire } from "../../chunks/crypto/wire.ts";
import type { KeyRecord, Wire } from "../../chunks/crypto/wire.ts";
import { checkFunction, invalidType } from "./checks.ts";

export type Require = (name: string) => unknown;

/** Keys that are made of what the cell says, and read for it. */
interface KeyForms {
  make(record: KeyRecord): unknown;
  record(value: object): KeyRecord | undefined;
}

export interface Context {
  readonly Buffer: typeof NodeBuffer;
  readonly parts: Parts;
  readonly require: Require;
  /** Has the cell do it at once. @throws what it says is wrong. */
  ask(verb: string, ...args: readonly unknown[]): unknown;
  /** Has the cell do it on other threads. */
  later(verb: string, args: readonly unknown[], callback: unknown): void;
  /** The same, for either form: without a callback it is done at once. */
  either(verb: string, args: readonly unknown[], callback: unknown): unknown;
  /** The bytes that `data` stands for. */
  text(data: unknown, encoding: unknown, name?: string): ByteText;
  /** Bytes as they were asked for. */
  output(bytes: NodeBuffer, encoding: unknown): NodeBuffer | string;
  setKeyForms(forms: KeyForms): void;
}

const ASCII = /^[\0-\x7f]*$/;

export function createContext(parts: Parts, require: Require): Context {
  const { Buffer } = require("buffer") as { Buffer: typeof NodeBuffer };
  const { cryptoKeyRecord, makeCryptoKey } = parts.chunks.load("web-crypto");
  let forms: KeyForms | undefined;
  let made: Wire | undefined;
  const wire = (): Wire =>
    (made ??= createWire({
      bytes: (text) => Buffer.from(text, "latin1"),
      key: (record) => forms?.make(record),
      cryptoKey: makeCryptoKey,
      // A CryptoKey is taken for a KeyObject, wherever one is taken.
      keyRecord: (value) => forms?.record(value) ?? cryptoKeyRecord(value),
      cryptoKeyRecord: () => undefined,
      DOMException: parts.chunks.load("web").DOMException,
    }));

  function text(data: unknown, encoding: unknown, name = "data"): ByteText {
    if (typeof data === "string") return new ByteText(textOf(data, encodingOf(encoding)));
    const view = viewOf(data);
    if (!view)
      throw invalidType(name, "of type string or an instance of Buffer, TypedArray, or DataView", data);
    return new ByteText(textOfBytes(view));
  }

  function textOf(data: string, encoding: BufferEncoding | undefined): string {
    if ((encoding === undefined || encoding === "utf8" || encoding === "utf-8") && ASCII.test(data))
      return data;
    return Buffer.from(data, encoding ?? "utf8").toString("latin1");
  }

  /** What is no encoding counts as none. */
  function encodingOf(encoding: unknown): BufferEncoding | undefined {
    return typeof encoding === "string" && Buffer.isEncoding(encoding) ? encoding : undefined;
  }

  function ask(verb: string, ...args: readonly unknown[]): unknown {
    return wire().unpack(parts.calls.ask(`crypto.${verb}`, wire().pack(args)));
  }

  function later(verb: string, args: readonly unknown[], callback: unknown): void {
    checkFunction(callback);
    const { pack, unpack } = wire();
    parts.calls.open(`crypto.${verb}`, pack(args), {
      done(answer) {
        let result: unknown;
        try {
          result = unpack(answer);
        } catch (error) {
          callback(error);
          return;
        }
        callback(null, result);
      },
      failed: callback,
    });
  }

  return {
    Buffer,
    parts,
    require,
    ask,
    later,
    either: (verb, args, callback) =>
      callback === undefined ? ask(verb, ...args) : later(verb, args, callback),
    text,
    output(bytes, encoding) {
      const known = encodingOf(encoding);
      return known === undefined ? bytes : bytes.toString(known);
    },
    setKeyForms(given) {
      forms = given;
    },
  };
}
