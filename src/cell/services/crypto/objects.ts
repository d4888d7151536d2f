/** What is worked on step by step: hashes, ciphers and key exchanges under way. */
import crypto from "node:crypto";
import { ServiceError } from "../service.ts";
import { checkDhPrime, checkDhValues, checkOutput } from "./costs.ts";
import { isFields } from "./keys.ts";

/** Most objects of an environment that are under way. The one that was used longest ago gives way to a new one. */
const MAX_OBJECTS = 1_000;

type Make = (...args: unknown[]) => object;

interface Kind {
  readonly make: Make;
  readonly methods: readonly string[];
}

const DH_METHODS = [
  ...["generateKeys", "computeSecret", "getPrime", "getGenerator", "getPublicKey", "getPrivateKey"],
  ...["setPublicKey", "setPrivateKey"],
];
const CIPHER_METHODS = ["update", "final", "setAAD", "setAuthTag", "getAuthTag", "setAutoPadding"];

const node = crypto as unknown as Readonly<Record<string, (...args: unknown[]) => object>>;

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["hash", { make: makeHash, methods: ["update", "digest", "copy"] }],
  ["hmac", { make: (...args) => make("createHmac", args), methods: ["update", "digest"] }],
  ["cipher", { make: (...args) => make("createCipheriv", args), methods: CIPHER_METHODS }],
  ["decipher", { make: (...args) => make("createDecipheriv", args), methods: CIPHER_METHODS }],
  ["ecdh", { make: (...args) => make("createECDH", args), methods: DH_METHODS }],
  ["dh", { make: makeDh, methods: DH_METHODS }],
  ["dh.group", { make: (...args) => make("getDiffieHellman", args), methods: DH_METHODS }],
]);

function make(name: string, args: readonly unknown[]): object {
  const create = node[name];
  if (!create)
    throw new ServiceError("Error", `crypto.${name}() is not there in the host's version of Node.`);
  return create(...args);
}

function makeHash(algorithm: unknown, options: unknown): object {
  if (isFields(options)) checkOutput(options["outputLength"]);
  return make("createHash", [algorithm, options]);
}

function makeDh(...args: unknown[]): object {
  checkDhPrime(args[0], args[1]);
  checkDhValues(args.slice(1));
  const dh = make("createDiffieHellman", args);
  return dh;
}

interface Entry {
  readonly kind: Kind;
  readonly object: object;
}

export class Objects {
  readonly #entries = new Map<number, Entry>();
  #last = 0;

  /** Makes one, and gives its number, and of a key exchange `verifyError`. */
  make(kindName: unknown, ...args: unknown[]): unknown {
    const kind = KINDS.get(String(kindName));
    if (!kind)
      throw new ServiceError("TypeError", "There is no such kind of object.", "ERR_INVALID_ARG_VALUE");
    const object = kind.make(...args);
    return [this.#add({ kind, object }), (object as { readonly verifyError?: number }).verifyError];
  }

  call(id: unknown, method: unknown, ...args: unknown[]): unknown {
    const entry = this.#entries.get(id as number);
    if (!entry) throw gone();
    const { kind, object } = entry;
    if (!kind.methods.includes(method as string)) {
      throw new ServiceError("TypeError", "It has no such method.", "ERR_INVALID_ARG_VALUE");
    }
    if (kind.methods === DH_METHODS) checkDhValues(args);
    this.#entries.delete(id as number);
    this.#entries.set(id as number, entry);
    const result = (object as Record<string, (...args: unknown[]) => unknown>)[method as string]?.(...args);
    if (result === object) return undefined;
    return method === "copy" ? this.#add({ kind, object: result as object }) : result;
  }

  free(id: unknown): void {
    this.#entries.delete(id as number);
  }

  clear(): void {
    this.#entries.clear();
  }

  #add(entry: Entry): number {
    const id = ++this.#last;
    this.#entries.set(id, entry);
    if (this.#entries.size > MAX_OBJECTS) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    return id;
  }
}

function gone(): ServiceError {
  return new ServiceError(
    "Error",
    `This hash, cipher or key exchange has given way to newer ones: an environment has at most ${MAX_OBJECTS} under way.`,
    "ERR_CRYPTO_INVALID_STATE",
  );
}
