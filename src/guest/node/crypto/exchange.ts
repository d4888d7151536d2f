/** Key exchanges step by step. */
import type { Buffer } from "node:buffer";
import { checkString } from "./checks.ts";
import type { Context } from "./context.ts";
import { callable } from "./hash.ts";

export function createExchanges(context: Context): Record<string, unknown> {
  class Exchange {
    readonly #id: number;
    readonly verifyError: unknown;

    constructor(kind: string, args: readonly unknown[]) {
      const [id, verifyError] = context.ask("make", kind, ...args) as [number, unknown];
      this.#id = id;
      if (verifyError === undefined) Reflect.deleteProperty(this, "verifyError");
      else this.verifyError = verifyError;
    }

    generateKeys(encoding?: unknown): unknown {
      return this.result(encoding, "generateKeys");
    }

    computeSecret(key: unknown, inputEncoding?: unknown, outputEncoding?: unknown): unknown {
      return this.result(outputEncoding, "computeSecret", context.text(key, inputEncoding, "otherPublicKey"));
    }

    getPrivateKey(encoding?: unknown): unknown {
      return this.result(encoding, "getPrivateKey");
    }

    getPublicKey(encoding?: unknown): unknown {
      return this.result(encoding, "getPublicKey");
    }

    protected setKey(method: string, key: unknown, encoding: unknown): this {
      context.ask("call", this.#id, method, context.text(key, encoding, "key"));
      return this;
    }

    protected result(encoding: unknown, method: string, ...args: readonly unknown[]): unknown {
      return context.output(context.ask("call", this.#id, method, ...args) as Buffer, encoding);
    }
  }

  class DiffieHellmanGroup extends Exchange {
    constructor(name: unknown) {
      checkString(name, "name");
      super("dh.group", [name]);
    }

    getPrime(encoding?: unknown): unknown {
      return this.result(encoding, "getPrime");
    }

    getGenerator(encoding?: unknown): unknown {
      return this.result(encoding, "getGenerator");
    }
  }

  class DiffieHellman extends Exchange {
    constructor(prime: unknown, ...rest: readonly unknown[]) {
      super("dh", dhArguments(prime, rest));
    }

    getPrime(encoding?: unknown): unknown {
      return this.result(encoding, "getPrime");
    }

    getGenerator(encoding?: unknown): unknown {
      return this.result(encoding, "getGenerator");
    }

    setPublicKey(key: unknown, encoding?: unknown): this {
      return this.setKey("setPublicKey", key, encoding);
    }

    setPrivateKey(key: unknown, encoding?: unknown): this {
      return this.setKey("setPrivateKey", key, encoding);
    }
  }

  /** `(prime, primeEncoding?, generator?, generatorEncoding?)`; an encoding is left out where there is none. */
  function dhArguments(prime: unknown, rest: readonly unknown[]): unknown[] {
    const [first, second, third] = rest;
    const isEncoding = typeof first === "string" && (context.Buffer.isEncoding(first) || first === "buffer");
    const [generator, generatorEncoding] =
      isEncoding || first === undefined ? [second, third] : [first, second];
    const isText = typeof prime === "string";
    const base = typeof generator === "string" ? context.text(generator, generatorEncoding) : generator;
    return [isText ? context.text(prime, first) : prime, ...(base === undefined ? [] : [base])];
  }

  class ECDH extends Exchange {
    constructor(curve: unknown) {
      checkString(curve, "curve");
      super("ecdh", [curve]);
    }

    override generateKeys(encoding?: unknown, format?: unknown): unknown {
      super.generateKeys();
      return this.getPublicKey(encoding, format);
    }

    override getPublicKey(encoding?: unknown, format?: unknown): unknown {
      return this.result(encoding, "getPublicKey", null, format);
    }

    setPublicKey(key: unknown, encoding?: unknown): this {
      return this.setKey("setPublicKey", key, encoding);
    }

    setPrivateKey(key: unknown, encoding?: unknown): this {
      return this.setKey("setPrivateKey", key, encoding);
    }

    static convertKey(...args: readonly unknown[]): unknown {
      const [key, curve, inputEncoding, outputEncoding, format] = args;
      checkString(curve, "curve");
      const point = context.text(key, inputEncoding, "key");
      return context.output(
        context.ask("ecdh.convertKey", point, curve, null, null, format) as Buffer,
        outputEncoding,
      );
    }
  }

  return {
    DiffieHellman: callable(DiffieHellman),
    DiffieHellmanGroup: callable(DiffieHellmanGroup),
    ECDH: callable(ECDH),
    createDiffieHellman: (...args: [unknown, ...unknown[]]) => new DiffieHellman(...args),
    createDiffieHellmanGroup: (name: unknown) => new DiffieHellmanGroup(name),
    getDiffieHellman: (name: unknown) => new DiffieHellmanGroup(name),
    createECDH: (curve: unknown) => new ECDH(curve),
    getCurves: () => context.ask("getCurves"),
  };
}
