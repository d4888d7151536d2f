import type ivm from "isolated-vm";
import type { GenericEnvironment } from "../generic-environment.ts";
import { readThrown } from "../failures.ts";
import type { KnownVersion, RunLimit } from "../known-version.ts";
import { isTimeout } from "../end-text.ts";
import { ServiceError } from "../services/service.ts";
import { builtinModule } from "./builtin-module.ts";
import { ModuleTexts } from "./module-texts.ts";
import { OWN_MODULE } from "./version-modules.ts";
import type { VersionModules } from "./version-modules.ts";

/** The cell's own module of what the runtime offers to modules of the cell's. */
const RUNTIME_MODULE = "isolet:runtime";

/** What a glue module hands over. */
const TARGET_MODULE = "isolet:user";

/**
 * The ES modules of one environment: compiled, linked and evaluated as Node does. A module that was evaluated is handed
 * to the guest by a glue module that runs after it, top-level await included.
 */
export class GuestModules {
  readonly #target: GenericEnvironment;
  readonly #version: KnownVersion;
  readonly #byKey = new Map<string, ivm.Module>();
  readonly #paths = new Map<ivm.Module, string>();
  readonly #handed = new Set<number>();

  constructor(target: GenericEnvironment, version: KnownVersion) {
    this.#target = target;
    this.#version = version;
  }

  /**
   * Links the handler's own module and gives what evaluates it, which ends with the runtime's `loaded`.
   * @throws ServiceError for what can't be found or read, and what linking throws.
   */
  loadEntry(text: string, filename: string, limitMs: RunLimit): () => Promise<unknown> | undefined {
    const user = this.#compile(text, { filename: `file://${filename}` });
    this.#byKey.set(filename, user);
    this.#paths.set(user, filename);
    const glue = this.#glue(
      `import { loaded } from "${RUNTIME_MODULE}"; import * as exports from "${TARGET_MODULE}"; loaded(exports);`,
    );
    this.#link(glue, user, limitMs);
    return () => {
      if (this.#target.isInspected) return glue.evaluate({});
      glue.evaluateSync({ timeout: limitMs() });
      return undefined;
    };
  }

  /**
   * Loads what `import(specifier)` in the file `from` means, in a run of its own; its namespace is handed over as `id`, maybe
   * later. Gives nothing, or JSON of what evaluating it has thrown. @throws ServiceError for what can't be found or read,
   * and what isn't the module's fault.
   */
  importFor(id: number, specifier: string, from: string, limitMs: RunLimit): string {
    const text = `import * as exports from "${TARGET_MODULE}"; modules().handed(${id}, exports);`;
    const glue = this.#linkedGlue(this.#resolve(specifier, from, limitMs), text, limitMs);
    try {
      glue.evaluateSync({ timeout: limitMs() });
      return "";
    } catch (error) {
      const { name, message, trace } = readThrown(error);
      // Something else may go wrong in the same run.
      if (this.#handed.delete(id) || this.#target.isolate.isDisposed || isTimeout(error)) throw error;
      return JSON.stringify({ id, name, message, stack: trace.join("\n") });
    } finally {
      this.#handed.delete(id);
    }
  }

  /** The namespace asked for as `id` has reached the guest. */
  handed(id: number): void {
    this.#handed.add(id);
  }

  /**
   * Loads the ES module `path` within the guest's own run, and hands over as `id` what `require` gives of it. What evaluating
   * it throws isn't known before the run is over, and ends it: isolated-vm (7.0.1) tells only then.
   */
  requireFor(id: number, path: string): void {
    this.#linkedGlue(this.#ofFile(path), this.#texts.requireGlue(id, TARGET_MODULE)).evaluateSync();
    this.#handed.delete(id);
  }

  #linkedGlue(user: ivm.Module, text: string, limitMs?: RunLimit): ivm.Module {
    const glue = this.#glue(`import { modules } from "${RUNTIME_MODULE}"; ${text}`);
    try {
      this.#link(glue, user, limitMs);
    } catch (error) {
      if (error instanceof ServiceError || isTimeout(error)) throw error;
      throw new ServiceError("SyntaxError", readThrown(error).message);
    }
    return glue;
  }

  get #texts(): ModuleTexts {
    return new ModuleTexts(this.#modules);
  }

  get #modules(): VersionModules {
    return this.#version.modules;
  }

  #glue(text: string): ivm.Module {
    return this.#target.isolate.compileModuleSync(text, { filename: "isolet:glue" });
  }

  #link(glue: ivm.Module, user: ivm.Module, limitMs?: RunLimit): void {
    glue.instantiateSync(this.#target.context, (specifier, referrer) => {
      if (referrer === glue && specifier === TARGET_MODULE) return user;
      const path = this.#paths.get(referrer);
      if (path !== undefined) return this.#resolve(specifier, path, limitMs);
      // A module of the cell's own.
      return this.#target.runtimeModule(limitMs?.());
    });
  }

  #resolve(specifier: string, from: string, limitMs?: RunLimit): ivm.Module {
    if (specifier === OWN_MODULE) return this.#own(from);
    const builtin = this.#keep(`builtin:${specifier}`, () =>
      builtinModule(this.#target, specifier, limitMs?.()),
    );
    if (builtin) return builtin;
    return this.#ofFile(this.#modules.resolver.resolve(specifier, from, "import"));
  }

  #own(path: string): ivm.Module {
    const made = this.#keep(`own:${path}`, () => this.#glue(this.#texts.own(path)));
    return made as ivm.Module;
  }

  #ofFile(path: string): ivm.Module {
    const known = this.#byKey.get(path);
    if (known) return known;
    const format = this.#modules.resolver.formatOf(path);
    if (format !== "module") {
      const made = this.#target.isolate.compileModuleSync(this.#texts.wrapper(path, format), {
        filename: `isolet:module${path}`,
      });
      this.#byKey.set(path, made);
      return made;
    }
    const { text, origin } = this.#modules.moduleForm(path);
    const made = this.#compile(text, origin);
    this.#byKey.set(path, made);
    this.#paths.set(made, path);
    return made;
  }

  #compile(text: string, origin: ivm.ScriptOrigin): ivm.Module {
    try {
      return this.#target.isolate.compileModuleSync(text, origin);
    } catch (error) {
      throw new ServiceError("SyntaxError", readThrown(error).message);
    }
  }

  #keep(key: string, make: () => ivm.Module | undefined): ivm.Module | undefined {
    const known = this.#byKey.get(key);
    if (known) return known;
    const made = make();
    if (made) this.#byKey.set(key, made);
    return made;
  }
}
