import type { CryptoKeyRecord } from "./wire.ts";

const token = Symbol("CryptoKey");

/** Web Crypto's keys. What a key is made of never shows. */
export class CryptoKey {
  readonly #record: CryptoKeyRecord;

  constructor(from?: unknown, record?: CryptoKeyRecord) {
    if (from !== token || !record) throw illegal();
    this.#record = record;
  }

  get type(): string {
    return this.#record.type;
  }

  get extractable(): boolean {
    return this.#record.extractable;
  }

  get algorithm(): Record<string, unknown> {
    return this.#record.algorithm;
  }

  get usages(): readonly string[] {
    return this.#record.usages;
  }

  static record(key: object): CryptoKeyRecord | undefined {
    return #record in key ? key.#record : undefined;
  }
}

const recordOfKey = CryptoKey.record;
Reflect.deleteProperty(CryptoKey, "record");

/** What `value` is made of, if it is a CryptoKey. */
export function cryptoKeyRecord(value: object): CryptoKeyRecord | undefined {
  return recordOfKey(value);
}

export function makeCryptoKey(record: CryptoKeyRecord): CryptoKey {
  return new CryptoKey(token, record);
}

export function illegal(): TypeError {
  return Object.assign(new TypeError("Illegal constructor"), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
}

/** Makes what a class declares enumerable, as Web IDL has it, and names it. */
export function finish(
  constructor: { readonly prototype: object; readonly name: string },
  name: string,
): void {
  const { prototype } = constructor;
  for (const key of Object.getOwnPropertyNames(prototype)) {
    if (key !== "constructor") Object.defineProperty(prototype, key, { enumerable: true });
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
  Object.defineProperty(constructor, "name", { value: name, configurable: true });
  Object.defineProperty(constructor, "length", { value: 0, configurable: true });
}

finish(CryptoKey, "CryptoKey");
Object.defineProperty(CryptoKey.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(
    this: CryptoKey,
    _depth: number,
    options: object,
    inspect?: (value: unknown, options: object) => string,
  ) {
    const { type, extractable, algorithm, usages } = this;
    const fields = { type, extractable, algorithm, usages };
    return inspect ? `CryptoKey ${inspect(fields, options)}` : fields;
  },
  configurable: true,
  writable: true,
});
