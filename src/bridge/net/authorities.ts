import { createSecureContext, getCACertificates } from "node:tls";
import type { SecureContext } from "node:tls";

/** The certificate authorities that an engine trusts beside those that Node does. */
export class Authorities {
  readonly #further: readonly string[];
  #all: string[] | undefined;
  #context: SecureContext | undefined;

  constructor(further: readonly string[]) {
    this.#further = further;
  }

  /** Those of a context for which no others are named; undefined for Node's own. */
  get all(): string[] | undefined {
    if (this.#further.length === 0) return undefined;
    return (this.#all ??= [...getCACertificates("default"), ...this.#further]);
  }

  /** For requests; undefined for Node's own. Made once, as reading a hundred certificates takes a while. */
  get context(): SecureContext | undefined {
    const ca = this.all;
    return ca && (this.#context ??= createSecureContext({ ca }));
  }
}
