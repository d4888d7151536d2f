/** Hashes and message authentication codes. */
import type { Buffer } from "node:buffer";
import { ByteText } from "../../chunks/crypto/wire.ts";
import { checkString, invalidType, withCode } from "./checks.ts";
import type { Context } from "./context.ts";
import type { LazyStream } from "./lazy-stream.ts";

/** So many bytes wait for the digest, and so cross with it at once. */
const KEPT = 65_536;

/** So many cross at once of longer ones. */
const PIECE = 4_194_304;

const KEY =
  "of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey";

type Done = (error?: unknown) => void;

/** What is being digested: here as long as it is little, and then in the cell. */
class Work {
  readonly #context: Context;
  readonly #kind: string;
  readonly #args: readonly unknown[];
  #text = "";
  #id = 0;

  constructor(context: Context, kind: string, args: readonly unknown[], from?: Work) {
    this.#context = context;
    this.#kind = kind;
    this.#args = args;
    if (!from) return;
    this.#text = from.#text;
    if (from.#id !== 0) this.#id = context.ask("call", from.#id, "copy") as number;
  }

  add(text: string): void {
    this.#text += text;
    if (this.#text.length > KEPT) this.#move();
  }

  digest(): Buffer {
    const { ask } = this.#context;
    if (this.#id === 0) return ask(this.#kind, ...this.#args, new ByteText(this.#text)) as Buffer;
    this.#move();
    const digest = ask("call", this.#id, "digest") as Buffer;
    ask("free", this.#id);
    return digest;
  }

  #move(): void {
    const { ask } = this.#context;
    if (this.#id === 0) [this.#id] = ask("make", this.#kind, ...this.#args) as [number];
    for (let at = 0; at < this.#text.length; at += PIECE) {
      ask("call", this.#id, "update", new ByteText(this.#text.slice(at, at + PIECE)));
    }
    this.#text = "";
  }
}

export function createHashes(context: Context, Stream: LazyStream): Record<string, unknown> {
  const known = new Set<string>();

  /** Asks for an algorithm once only. */
  function check(kind: string, algorithm: string, options: object | undefined): void {
    const name = `${kind} ${algorithm} ${JSON.stringify(options)}`;
    if (known.has(name)) return;
    if (kind === "hash") context.ask("hash.check", algorithm, options);
    else context.ask("hmac.check", algorithm, "", options);
    known.add(name);
  }

  class Digester extends Stream {
    readonly #kind: string;
    #work: Work;
    #digest: Buffer | undefined;

    constructor(kind: string, work: Work, options: unknown) {
      super(options);
      this.#kind = kind;
      this.#work = work;
    }

    update(data: unknown, encoding?: unknown): this {
      if (this.#digest) throw finalized();
      this.#work.add(context.text(data, encoding).text);
      return this;
    }

    digest(encoding?: unknown): Buffer | string {
      if (this.#digest && this.#kind === "hash") throw finalized();
      // A second digest of an Hmac is empty.
      const digest = this.#digest ? context.Buffer.alloc(0) : this.#work.digest();
      this.#digest = digest;
      return context.output(digest, encoding);
    }

    protected copyOfWork(args: readonly unknown[]): Work {
      if (this.#digest) throw finalized();
      return new Work(context, this.#kind, args, this.#work);
    }

    _transform(chunk: unknown, encoding: unknown, done: Done): void {
      try {
        this.update(chunk, encoding);
      } catch (error) {
        done(error);
        return;
      }
      done();
    }

    _flush(done: Done): void {
      (this as unknown as { push(chunk: unknown): void }).push(this.digest());
      done();
    }
  }

  class Hash extends Digester {
    readonly #algorithm: string;

    constructor(algorithm: unknown, options?: unknown, from?: Hash) {
      checkString(algorithm, "algorithm");
      const given = lengthOf(options);
      check("hash", algorithm, given);
      const args = [algorithm, given];
      super("hash", from ? from.copyOfWork(args) : new Work(context, "hash", args), options);
      this.#algorithm = algorithm;
    }

    copy(options?: unknown): Hash {
      return new Hash(this.#algorithm, options, this);
    }
  }

  class Hmac extends Digester {
    constructor(algorithm: unknown, key: unknown, options?: unknown) {
      checkString(algorithm, "hmac");
      if (key === null || (typeof key !== "object" && typeof key !== "string"))
        throw invalidType("key", KEY, key);
      check("hmac", algorithm, undefined);
      const { encoding } = (options ?? {}) as { readonly encoding?: unknown };
      const bytes = typeof key === "string" || ArrayBuffer.isView(key) ? context.text(key, encoding) : key;
      super("hmac", new Work(context, "hmac", [algorithm, bytes, undefined]), options);
    }
  }

  return {
    Hash: callable(Hash),
    Hmac: callable(Hmac),
    createHash: (algorithm: unknown, options?: unknown) => new Hash(algorithm, options),
    createHmac: (algorithm: unknown, key: unknown, options?: unknown) => new Hmac(algorithm, key, options),
    hash(algorithm: unknown, data: unknown, options: unknown = "hex") {
      checkString(algorithm, "algorithm");
      const { outputEncoding = "hex" } = (
        typeof options === "string" ? { outputEncoding: options } : options
      ) as {
        readonly outputEncoding?: unknown;
      };
      const input = context.text(data, "utf8", "input");
      return context.output(
        context.ask("hash", algorithm, lengthOf(options), input) as Buffer,
        outputEncoding,
      );
    },
    getHashes: () => context.ask("getHashes"),
  };
}

/** A class that may also be called without `new`, as Node's function of that name may. */
export function callable<Class extends abstract new (...args: never[]) => object>(target: Class): Class {
  return new Proxy(target, {
    apply: (constructor, _self, args: unknown[]) => Reflect.construct(constructor, args) as unknown,
  });
}

function lengthOf(options: unknown): { readonly outputLength: unknown } | undefined {
  const { outputLength } = (typeof options === "object" && options !== null ? options : {}) as {
    outputLength?: unknown;
  };
  return outputLength === undefined ? undefined : { outputLength };
}

function finalized(): Error {
  return withCode(new Error("Digest already called"), "ERR_CRYPTO_HASH_FINALIZED");
}
