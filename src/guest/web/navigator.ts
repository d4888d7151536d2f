/** `navigator`. */
import { defineInterface } from "../chunks/web/interface.ts";
import type { Parts } from "../runtime/globals/parts.ts";

export function create({ process }: Parts): object {
  const { version } = process() as { readonly version: string };
  /** Only this module may make one. */
  const permit = {};

  class Navigator {
    readonly #major = version.slice(1).split(".", 1)[0] ?? "";

    constructor(given?: unknown) {
      if (given !== permit)
        throw Object.assign(new TypeError("Illegal constructor"), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
    }

    /** As Node's, which libraries look for. */
    get userAgent(): string {
      return `Node.js/${this.#major}`;
    }

    /** A function runs on one thread. */
    get hardwareConcurrency(): number {
      this.#check();
      return 1;
    }

    get language(): string {
      this.#check();
      return "en-US";
    }

    get languages(): readonly string[] {
      this.#check();
      return Object.freeze(["en-US"]);
    }

    get platform(): string {
      this.#check();
      return "linux";
    }

    /** Throws for another receiver. */
    #check(): void {
      if (this.#major === "") throw new TypeError("Illegal invocation");
    }
  }

  defineInterface(Navigator, "Navigator", [
    "userAgent",
    "hardwareConcurrency",
    "language",
    "languages",
    "platform",
  ]);
  return { navigator: new Navigator(permit), Navigator };
}
