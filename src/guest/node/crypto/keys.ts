/** Keys: their bytes are kept here, and go along wherever they are used. */
import type { KeyRecord } from "../../chunks/crypto/wire.ts";
import { ByteText } from "../../chunks/crypto/wire.ts";
import { checkBytes, checkObject, checkString, invalidType, invalidValue, withCode } from "./checks.ts";
import type { Context } from "./context.ts";

const token = Symbol("KeyObject");

const TYPES = ["secret", "public", "private"];

export function createKeys(context: Context): Record<string, unknown> {
  class KeyObject {
    readonly #record: KeyRecord;

    constructor(from: unknown, record?: unknown) {
      if (from !== token) {
        if (!TYPES.includes(from as string)) throw invalidValue("type", from);
        throw invalidType("handle", "of type object", record);
      }
      this.#record = record as KeyRecord;
    }

    get type(): string {
      return this.#record.type;
    }

    equals(other: unknown): boolean {
      if (!(other instanceof KeyObject))
        throw invalidType("otherKeyObject", "an instance of KeyObject", other);
      if (this.type !== other.type) return false;
      return context.ask("key.equals", this, other) as boolean;
    }

    toCryptoKey(algorithm: unknown, extractable: unknown, usages: unknown): unknown {
      return context.ask("key.toCryptoKey", this, algorithm, extractable, usages);
    }

    static from(key: unknown): KeyObject {
      const record = typeof key === "object" && key !== null ? cryptoKeyRecord(key) : undefined;
      if (!record) throw invalidType("key", "an instance of CryptoKey", key);
      const { type, text } = record;
      if (type === "secret") return make({ type, text });
      const der = { key: new ByteText(text), format: "der", type: type === "public" ? "spki" : "pkcs8" };
      return context.ask(type === "public" ? "createPublicKey" : "createPrivateKey", der) as KeyObject;
    }

    static record(key: object): KeyRecord | undefined {
      return #record in key ? key.#record : undefined;
    }
  }
  const { record: recordOf } = KeyObject;
  Object.defineProperty(KeyObject.prototype, Symbol.toStringTag, { value: "KeyObject", configurable: true });
  Reflect.deleteProperty(KeyObject, "record");
  const { cryptoKeyRecord } = context.parts.chunks.load("web-crypto");
  const known = (key: object): KeyRecord => recordOf(key) as KeyRecord;

  class SecretKeyObject extends KeyObject {
    get symmetricKeySize(): number {
      return known(this).text.length;
    }

    export(options?: unknown): unknown {
      const bytes = context.Buffer.from(known(this).text, "latin1");
      if (options === undefined) return bytes;
      checkObject(options, "options");
      const { format } = options;
      if (format === undefined || format === "buffer") return bytes;
      if (format !== "jwk")
        throw invalidValue("options.format", format, "must be one of: undefined, 'buffer', 'jwk'");
      return { kty: "oct", k: bytes.toString("base64url") };
    }
  }

  class AsymmetricKeyObject extends KeyObject {
    get asymmetricKeyType(): unknown {
      return known(this).kind;
    }

    get asymmetricKeyDetails(): unknown {
      return { ...(known(this).details as object) };
    }

    export(options: unknown): unknown {
      return context.ask("key.export", this, options);
    }
  }

  class PublicKeyObject extends AsymmetricKeyObject {}
  class PrivateKeyObject extends AsymmetricKeyObject {}

  const CLASSES = { secret: SecretKeyObject, public: PublicKeyObject, private: PrivateKeyObject };

  function make(record: KeyRecord): KeyObject {
    return new CLASSES[record.type as keyof typeof CLASSES](token, record);
  }

  context.setKeyForms({ make, record: recordOf });

  function createSecretKey(key: unknown, encoding?: unknown): unknown {
    if (typeof key !== "string" && !ArrayBuffer.isView(key)) checkBytes(key, "key");
    const { text } =
      key instanceof ArrayBuffer
        ? context.text(new Uint8Array(key), encoding)
        : context.text(key, encoding, "key");
    return make({ type: "secret", text });
  }

  function createKey(verb: "createPublicKey" | "createPrivateKey", input: unknown): unknown {
    if (typeof input !== "string" && typeof input !== "object") {
      throw invalidType(
        "key",
        "of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, CryptoKey or object",
        input,
      );
    }
    return context.ask(verb, input);
  }

  return {
    KeyObject,
    createSecretKey,
    createPublicKey: (input: unknown) => createKey("createPublicKey", input),
    createPrivateKey: (input: unknown) => createKey("createPrivateKey", input),
    ...generators(context),
  };
}

const PROMISIFIED = Symbol.for("nodejs.util.promisify.custom");

function generators(context: Context): Record<string, unknown> {
  function generateKeyPair(type: unknown, options: unknown, callback?: unknown): void {
    const [given, done] = typeof options === "function" ? [undefined, options] : [options, callback];
    checkString(type, "type");
    const spread = (error: unknown, pair?: { publicKey: unknown; privateKey: unknown }): void => {
      (done as (...args: unknown[]) => void)(error, pair?.publicKey, pair?.privateKey);
    };
    context.later("generateKeyPair", [type, given], typeof done === "function" ? spread : done);
  }
  Object.defineProperty(generateKeyPair, PROMISIFIED, {
    value: (type: unknown, options: unknown) =>
      new Promise((resolve, reject) => {
        generateKeyPair(type, options, (error: Error | null, publicKey: unknown, privateKey: unknown) => {
          if (error === null) resolve({ publicKey, privateKey });
          else reject(error);
        });
      }),
  });
  return {
    generateKeyPair,
    generateKeyPairSync(type: unknown, options?: unknown) {
      checkString(type, "type");
      return context.ask("generateKeyPair", type, options);
    },
    generateKey(type: unknown, options: unknown, callback: unknown) {
      context.later("generateKey", [type, options], callback);
    },
    generateKeySync: (type: unknown, options: unknown) => context.ask("generateKey", type, options),
    ...primes(context),
  };
}

function primes(context: Context): Record<string, unknown> {
  const split = (options: unknown, callback: unknown): [unknown, unknown] =>
    typeof options === "function" ? [undefined, options] : [options, callback];
  return {
    generatePrime(size: unknown, options: unknown, callback?: unknown) {
      const [given, done] = split(options, callback);
      context.later("generatePrime", [size, given], done);
    },
    generatePrimeSync: (size: unknown, options?: unknown) => context.ask("generatePrime", size, options),
    checkPrime(candidate: unknown, options: unknown, callback?: unknown) {
      const [given, done] = split(options, callback);
      context.later("checkPrime", [candidate, given], done);
    },
    checkPrimeSync: (candidate: unknown, options?: unknown) => context.ask("checkPrime", candidate, options),
  };
}

export function missingKey(): Error {
  return withCode(new Error("No key provided to sign"), "ERR_CRYPTO_SIGN_KEY_REQUIRED");
}
