/** Ciphers. */
import type { Buffer } from "node:buffer";
import { checkString, invalidType } from "./checks.ts";
import type { Context } from "./context.ts";
import { callable } from "./hash.ts";
import type { LazyStream } from "./lazy-stream.ts";

type Done = (error?: unknown) => void;

interface Decoder {
  write(bytes: Buffer): string;
  end(bytes?: Buffer): string;
}

type DecoderClass = new (encoding: string) => Decoder;

/** Encodings in which every byte stands for itself. */
const WHOLE = ["hex", "latin1", "binary", "ascii"];

export function createCiphers(context: Context, Stream: LazyStream): Record<string, unknown> {
  class Cipher extends Stream {
    readonly #id: number;
    #decoder: Decoder | undefined;

    constructor(kind: string, algorithm: unknown, key: unknown, iv: unknown, options?: unknown) {
      checkString(algorithm, "cipher");
      if (iv === undefined) {
        throw invalidType(
          "iv",
          "of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView",
          iv,
        );
      }
      super(options);
      const { authTagLength } = (options ?? {}) as { readonly authTagLength?: unknown };
      const given = authTagLength === undefined ? undefined : { authTagLength };
      [this.#id] = context.ask("make", kind, algorithm, key, iv, given) as [number];
    }

    update(data: unknown, inputEncoding?: unknown, outputEncoding?: unknown): Buffer | string {
      const bytes = this.#call("update", context.text(data, inputEncoding)) as Buffer;
      return this.#decode(bytes, outputEncoding, false);
    }

    final(outputEncoding?: unknown): Buffer | string {
      return this.#decode(this.#call("final") as Buffer, outputEncoding, true);
    }

    setAutoPadding(isOn?: unknown): this {
      this.#call("setAutoPadding", isOn === undefined ? true : Boolean(isOn));
      return this;
    }

    getAuthTag(): unknown {
      return this.#call("getAuthTag");
    }

    setAuthTag(tag: unknown, encoding?: unknown): this {
      this.#call("setAuthTag", context.text(tag, encoding, "buffer"));
      return this;
    }

    setAAD(data: unknown, options?: { readonly encoding?: unknown }): this {
      const { plaintextLength } = (options ?? {}) as { readonly plaintextLength?: unknown };
      const given = plaintextLength === undefined ? undefined : { plaintextLength };
      this.#call("setAAD", context.text(data, options?.encoding, "aadbuf"), given);
      return this;
    }

    _transform(chunk: unknown, encoding: unknown, done: Done): void {
      this.#push(() => this.update(chunk, encoding), done);
    }

    _flush(done: Done): void {
      this.#push(() => this.final(), done);
    }

    #push(make: () => unknown, done: Done): void {
      try {
        (this as unknown as { push(chunk: unknown): void }).push(make());
      } catch (error) {
        done(error);
        return;
      }
      done();
    }

    #call(method: string, ...args: readonly unknown[]): unknown {
      return context.ask("call", this.#id, method, ...args);
    }

    #decode(bytes: Buffer, encoding: unknown, isLast: boolean): Buffer | string {
      if (typeof encoding !== "string" || encoding === "buffer") return bytes;
      if (WHOLE.includes(encoding)) return context.output(bytes, encoding);
      const { StringDecoder } = context.require("string_decoder") as { StringDecoder: DecoderClass };
      this.#decoder ??= new StringDecoder(encoding);
      return isLast ? this.#decoder.end(bytes) : this.#decoder.write(bytes);
    }
  }

  class Cipheriv extends Cipher {
    constructor(algorithm: unknown, key: unknown, iv: unknown, options?: unknown) {
      super("cipher", algorithm, key, iv, options);
    }
  }

  class Decipheriv extends Cipher {
    constructor(algorithm: unknown, key: unknown, iv: unknown, options?: unknown) {
      super("decipher", algorithm, key, iv, options);
    }
  }

  return {
    Cipheriv: callable(Cipheriv),
    Decipheriv: callable(Decipheriv),
    createCipheriv: (algorithm: unknown, key: unknown, iv: unknown, options?: unknown) =>
      new Cipheriv(algorithm, key, iv, options),
    createDecipheriv: (algorithm: unknown, key: unknown, iv: unknown, options?: unknown) =>
      new Decipheriv(algorithm, key, iv, options),
    getCiphers: () => context.ask("getCiphers"),
    getCipherInfo: (nameOrNid: unknown, options?: unknown) =>
      context.ask("getCipherInfo", nameOrNid, options),
  };
}
