import type ivm from "isolated-vm";
import type { GuestFacts } from "../guest/contract.ts";
import { CodeCache } from "./code-cache.ts";
import type { GenericEnvironment } from "./generic-environment.ts";
import { VersionModules } from "./modules/version-modules.ts";
import type { VersionDefinition } from "./protocol.ts";
import { scriptFormOf } from "./script-form.ts";
import type { ScriptForm } from "./script-form.ts";

/** How long one run may take, asked anew for each. */
export type RunLimit = () => number;

/** A version as this cell keeps it: its definition, its files, and its code caches. */
export class KnownVersion {
  readonly definition: VersionDefinition;
  readonly #cache: CodeCache | undefined;
  /** Null when there is none; undefined when nobody has asked yet. */
  #form: ScriptForm | null | undefined;
  #modules: VersionModules | undefined;

  constructor(definition: VersionDefinition) {
    this.definition = definition;
    const { cachedData } = definition;
    this.#cache = cachedData && new CodeCache(cachedData);
  }

  /** Its files, and how they are found and compiled; read on the first use. */
  get modules(): VersionModules {
    return (this.#modules ??= new VersionModules(this.definition.pack, this.#facts().runtime));
  }

  /** Runs the version's script `text` and gives what it evaluates to; the code cache learns from it. */
  run(target: GenericEnvironment, text: string, origin: ivm.ScriptOrigin, limitMs: RunLimit): ivm.Reference {
    const cache = this.#cache;
    const script = target.isolate.compileScriptSync(text, {
      ...origin,
      ...(cache && { cachedData: cache.data }),
    });
    const value: unknown = script.runSync(target.context, { timeout: limitMs(), reference: true });
    script.release();
    cache?.learn(target, text, origin);
    return value as ivm.Reference;
  }

  /** The script form of an ES module that has a code cache, which is the form's, and exports its handler. */
  scriptForm(): ScriptForm | undefined {
    this.#form ??= this.#makeForm() ?? null;
    return this.#form ?? undefined;
  }

  #makeForm(): ScriptForm | undefined {
    const { format, source } = this.definition;
    const form = format === "esm" && this.#cache ? scriptFormOf(source) : undefined;
    return form?.exported.has(exportOf(this.#facts().handler)) ? form : undefined;
  }

  /** Whether its guests may make code of texts. */
  get mayEvaluate(): boolean {
    return this.#facts().permissions.eval === true;
  }

  #facts(): Pick<GuestFacts, "handler" | "runtime" | "permissions"> {
    return JSON.parse(this.definition.factsText) as Pick<GuestFacts, "handler" | "runtime" | "permissions">;
  }
}

/** The module's export that a handler such as `folder/file.export.method` begins with. */
function exportOf(handler: string): string {
  return handler.slice(handler.lastIndexOf("/") + 1).split(".")[1] ?? "";
}
