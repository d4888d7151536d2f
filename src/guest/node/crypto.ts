/** `node:crypto`, by the OpenSSL of the cell's own Node: src/cell/services/crypto.ts says what it does and refuses. */
import type { Parts } from "../runtime/globals/parts.ts";
import { createCertificates } from "./crypto/certificates.ts";
import { withCode } from "./crypto/checks.ts";
import { createCiphers } from "./crypto/cipher.ts";
import { createContext } from "./crypto/context.ts";
import type { Context, Require } from "./crypto/context.ts";
import { createDerivations } from "./crypto/derive.ts";
import { createExchanges } from "./crypto/exchange.ts";
import { createHashes } from "./crypto/hash.ts";
import { createKeys } from "./crypto/keys.ts";
import { lazyStream } from "./crypto/lazy-stream.ts";
import { createRandom } from "./crypto/random.ts";
import { createSignatures } from "./crypto/signatures.ts";

export function create(parts: Parts): object {
  const require: Require = (name) => parts.builtins.require(name);
  const context = createContext(parts, require);
  const Transform = lazyStream(require, "Transform");
  const functions = {
    ...createHashes(context, Transform),
    ...createCiphers(context, Transform),
    ...createKeys(context),
    ...createSignatures(context, lazyStream(require, "Writable")),
    ...createDerivations(context),
    ...createExchanges(context),
    ...createRandom(context),
    ...createCertificates(context),
    ...modes(),
  };
  return Object.defineProperties(functions, lazily(parts, context));
}

function modes(): Record<string, unknown> {
  return {
    getFips: () => 0,
    setFips: unavailable("setFips"),
    setEngine: unavailable("setEngine"),
    secureHeapUsed: () => ({ total: 0, used: 0, utilization: 0, min: 0 }),
  };
}

function unavailable(name: string): () => never {
  return () => {
    const message = `crypto.${name}() is not available in this runtime: OpenSSL is the host's, which functions don't configure.`;
    throw withCode(new Error(message), "ERR_METHOD_NOT_IMPLEMENTED");
  };
}

/** What isn't needed to load the module. */
function lazily(parts: Parts, context: Context): PropertyDescriptorMap {
  const web = (): { readonly subtle: object } => parts.crypto().crypto as { readonly subtle: object };
  let constants: unknown;
  return {
    constants: {
      get: () => (constants ??= (context.ask("facts") as { readonly constants: unknown }).constants),
      enumerable: true,
    },
    webcrypto: { get: web, enumerable: true },
    subtle: { get: () => web().subtle, enumerable: true },
    getRandomValues: {
      value: (array: unknown) =>
        (web() as { getRandomValues?: (array: unknown) => unknown }).getRandomValues?.(array),
      enumerable: true,
    },
    fips: { get: () => false, enumerable: true },
  };
}
