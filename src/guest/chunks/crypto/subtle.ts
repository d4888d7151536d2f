/** `crypto.subtle`: its arguments go to the cell as they are, whose own Web Crypto reads and refuses them. */
import type { Calls } from "../../runtime/calls.ts";
import { bytesOfText } from "./bytes.ts";
import { cryptoKeyRecord, finish, illegal, makeCryptoKey } from "./crypto-key.ts";
import { createWire } from "./wire.ts";
import type { CryptoKeyRecord, Wire, WireParts } from "./wire.ts";

interface SubtleParts {
  readonly calls: Calls;
  readonly DOMException: WireParts["DOMException"];
}

/** Where a method has `extractable`, and how many arguments it needs. */
interface Shape {
  readonly needs: number;
  readonly extractable?: number;
}

const SHAPES = {
  encrypt: { needs: 3 },
  decrypt: { needs: 3 },
  sign: { needs: 3 },
  verify: { needs: 4 },
  digest: { needs: 2 },
  generateKey: { needs: 3, extractable: 1 },
  deriveKey: { needs: 5, extractable: 3 },
  deriveBits: { needs: 2 },
  importKey: { needs: 5, extractable: 3 },
  exportKey: { needs: 2 },
  wrapKey: { needs: 4 },
  unwrapKey: { needs: 7, extractable: 5 },
  getPublicKey: { needs: 2 },
  encapsulateBits: { needs: 2 },
  encapsulateKey: { needs: 5, extractable: 3 },
  decapsulateBits: { needs: 3 },
  decapsulateKey: { needs: 6, extractable: 4 },
} as const satisfies Record<string, Shape>;

const token = Symbol("SubtleCrypto");

interface Subtle {
  readonly subtle: object;
  readonly SubtleCrypto: unknown;
}

export function createSubtle({ calls, DOMException }: SubtleParts): Subtle {
  class SubtleCrypto {
    readonly #isReal: boolean;

    constructor(from?: unknown) {
      if (from !== token) throw illegal();
      this.#isReal = true;
    }

    static check(value: unknown): void {
      const isReal = typeof value === "object" && value !== null && #isReal in value && value.#isReal;
      if (!isReal) throw invalidThis();
    }
  }
  const { check } = SubtleCrypto;
  Reflect.deleteProperty(SubtleCrypto, "check");

  for (const [name, shape] of Object.entries<Shape>(SHAPES)) {
    const method = {
      async [name](this: unknown, ...args: unknown[]): Promise<unknown> {
        check(this);
        requireArguments(name, shape.needs, args.length);
        const wire = wireFor(name, shape, args, DOMException);
        const given = args.map((argument, index) => converted(argument, index, shape));
        return wire.unpack(await calls.request(`crypto.subtle.${name}`, wire.pack(given)));
      },
    }[name];
    Object.defineProperty(method, "length", { value: shape.needs, configurable: true });
    Object.defineProperty(SubtleCrypto.prototype, name, {
      value: method,
      writable: true,
      configurable: true,
    });
  }
  finish(SubtleCrypto, "SubtleCrypto");
  return { subtle: new SubtleCrypto(token), SubtleCrypto };
}

/** A key is extractable if that was asked for, and a new public one always; what the cell makes is wherever it can be. */
function wireFor(
  name: string,
  shape: Shape,
  args: readonly unknown[],
  DOMException: WireParts["DOMException"],
): Wire {
  const isAsked = shape.extractable === undefined || Boolean(args[shape.extractable]);
  return createWire({
    bytes: bytesOfText,
    key: () => undefined,
    cryptoKey: (record: CryptoKeyRecord) =>
      makeCryptoKey({
        ...record,
        extractable: record.extractable && (isAsked || (record.type === "public" && name === "generateKey")),
      }),
    keyRecord: () => undefined,
    cryptoKeyRecord,
    DOMException,
  });
}

/** Sequences and booleans as Web IDL reads them; the rest is for the cell. */
function converted(argument: unknown, index: number, { extractable }: Shape): unknown {
  if (extractable === undefined) return argument;
  if (index === extractable) return Boolean(argument);
  if (index !== extractable + 1) return argument;
  if (typeof argument !== "object" || argument === null || !(Symbol.iterator in argument)) return 0;
  return Array.from(argument as Iterable<unknown>, String);
}

function requireArguments(name: string, needs: number, given: number): void {
  if (given >= needs) return;
  const message = `Failed to execute '${name}' on 'SubtleCrypto': ${needs} arguments required, but only ${given} present.`;
  throw Object.assign(new TypeError(message), { code: "ERR_MISSING_ARGS" });
}

function invalidThis(): TypeError {
  return Object.assign(new TypeError('Value of "this" must be of type SubtleCrypto'), {
    code: "ERR_INVALID_THIS",
  });
}
