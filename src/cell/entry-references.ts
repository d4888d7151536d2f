import type ivm from "isolated-vm";
import type { GuestEntries } from "../guest/contract.ts";

type EntryReference<Name extends keyof GuestEntries> = ivm.Reference<GuestEntries[Name]>;

/** The guest's entries as the cell holds them. Those that not every environment needs are looked up on their first use. */
export class EntryReferences {
  readonly configure: EntryReference<"configure">;
  readonly invoke: EntryReference<"invoke">;
  readonly #entries: ivm.Reference<Record<string, unknown>>;
  #timer: EntryReference<"timer"> | undefined;
  #reply: EntryReference<"reply"> | undefined;

  /** `entries` is what the guest's boot returned: its own object, which user code never gets to see. */
  constructor(entries: ivm.Reference<Record<string, unknown>>) {
    this.#entries = entries;
    this.configure = this.#find("configure");
    this.invoke = this.#find("invoke");
  }

  get timer(): EntryReference<"timer"> {
    return (this.#timer ??= this.#find("timer"));
  }

  get reply(): EntryReference<"reply"> {
    return (this.#reply ??= this.#find("reply"));
  }

  get builtinNames(): EntryReference<"builtinNames"> {
    return this.#find("builtinNames");
  }

  get builtin(): EntryReference<"builtin"> {
    return this.#find("builtin");
  }

  get exposeToModules(): EntryReference<"exposeToModules"> {
    return this.#find("exposeToModules");
  }

  get loaded(): EntryReference<"loaded"> {
    return this.#find("loaded");
  }

  get loadCommonJs(): EntryReference<"loadCommonJs"> {
    return this.#find("loadCommonJs");
  }

  get shutdown(): EntryReference<"shutdown"> {
    return this.#find("shutdown");
  }

  get rejected(): EntryReference<"rejected"> {
    return this.#find("rejected");
  }

  get idle(): EntryReference<"idle"> {
    return this.#find("idle");
  }

  #find<Name extends keyof GuestEntries>(name: Name): EntryReference<Name> {
    return this.#entries.getSync(name, { reference: true }) as unknown as EntryReference<Name>;
  }
}
