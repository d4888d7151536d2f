/** Signatures, and what RSA encrypts. */
import type { Buffer } from "node:buffer";
import { ByteText } from "../../chunks/crypto/wire.ts";
import { checkString } from "./checks.ts";
import type { Context } from "./context.ts";
import { callable } from "./hash.ts";
import { missingKey } from "./keys.ts";
import type { LazyStream } from "./lazy-stream.ts";

type Done = (error?: unknown) => void;

export function createSignatures(context: Context, Stream: LazyStream): Record<string, unknown> {
  const known = new Set<string>();

  class Signer extends Stream {
    readonly algorithm: string;
    #text = "";

    constructor(verb: string, algorithm: unknown, options?: unknown) {
      checkString(algorithm, "algorithm");
      if (!known.has(algorithm)) context.ask(`${verb}.check`, algorithm);
      known.add(algorithm);
      super(options);
      Object.defineProperty(this, "algorithm", { enumerable: false });
      this.algorithm = algorithm;
    }

    update(data: unknown, encoding?: unknown): this {
      this.#text += context.text(data, encoding).text;
      return this;
    }

    _write(chunk: unknown, encoding: unknown, done: Done): void {
      this.update(chunk, encoding);
      done();
    }

    protected get data(): ByteText {
      return new ByteText(this.#text);
    }
  }

  class Sign extends Signer {
    constructor(algorithm: unknown, options?: unknown) {
      super("sign", algorithm, options);
    }

    sign(key: unknown, encoding?: unknown): Buffer | string {
      if (!key) throw missingKey();
      return context.output(context.ask("sign", this.algorithm, this.data, key) as Buffer, encoding);
    }
  }

  class Verify extends Signer {
    constructor(algorithm: unknown, options?: unknown) {
      super("verify", algorithm, options);
    }

    verify(key: unknown, signature: unknown, encoding?: unknown): boolean {
      const given = context.text(signature, encoding, "signature");
      return context.ask("verify", this.algorithm, this.data, key, given) as boolean;
    }
  }

  return {
    Sign: callable(Sign),
    Verify: callable(Verify),
    createSign: (algorithm: unknown, options?: unknown) => new Sign(algorithm, options),
    createVerify: (algorithm: unknown, options?: unknown) => new Verify(algorithm, options),
    sign(algorithm: unknown, data: unknown, key: unknown, callback?: unknown) {
      if (!key) throw missingKey();
      return context.either("sign.once", [algorithm, data, key], callback);
    },
    verify(algorithm: unknown, data: unknown, key: unknown, signature: unknown, callback?: unknown) {
      return context.either("verify.once", [algorithm, data, key, signature], callback);
    },
    ...encryption(context),
  };
}

function encryption(context: Context): Record<string, unknown> {
  const functions: Record<string, unknown> = {};
  for (const name of ["publicEncrypt", "publicDecrypt", "privateEncrypt", "privateDecrypt"]) {
    functions[name] = (key: unknown, data: unknown): unknown => {
      const { encoding } = (key ?? {}) as { readonly encoding?: unknown };
      return context.ask(name, key, typeof data === "string" ? context.text(data, encoding) : data);
    };
  }
  return functions;
}
