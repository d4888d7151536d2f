import type ivm from "isolated-vm";
import type { GenericEnvironment } from "../generic-environment.ts";
import { readThrown } from "../failures.ts";
import type { KnownVersion, RunLimit } from "../known-version.ts";
import { isTimeout } from "../end-text.ts";
import { ServiceError } from "../services/service.ts";
import { builtinModule } from "./builtin-module.ts";
import { compileDeferring } from "./deferred-import.ts";
import { ModuleTexts } from "./module-texts.ts";
import { OWN_MODULE } from "./version-modules.ts";
import type { VersionModules } from "./version-modules.ts";

/** The cell's own module of what the runtime offers to modules of the cell's. */
const RUNTIME_MODULE = "isolet:runtime";

/** What a glue module hands over. */
const TARGET_MODULE = "isolet:user";

const GLUE_NAME = "isolet:glue";

/** A module that the guest asked for. */
interface Wanted {
  readonly id: number;
  readonly user: ivm.Module;
}

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
  /** Those for which evaluating has failed, and the guest has what was thrown. */
  readonly #failed = new Set<number>();
  /** What `import()` waits for. */
  readonly #waiting = new Map<number, Wanted>();

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
  importFor(id: number, specifier: string, from: string, limitMs: RunLimit): string | Promise<string> {
    const wanted = { id, user: this.#resolve(specifier, from, limitMs) };
    this.#waiting.set(id, wanted);
    if (this.#target.isInspected) return this.#importInspected(wanted, limitMs);
    try {
      if (this.#attempt(wanted, limitMs)) this.#hand(wanted, limitMs);
      return "";
    } catch (error) {
      return this.#importFailure(wanted, error);
    } finally {
      this.#handed.delete(id);
    }
  }

  /** Off this thread: the module may be stopped by a debugger, and so may what awaits it and goes on in the same run. */
  async #importInspected(wanted: Wanted, limitMs: RunLimit): Promise<string> {
    try {
      await this.#attemptGlue(wanted, limitMs)?.evaluate({});
      if (!this.#failed.delete(wanted.id)) await this.#handGlue(wanted, limitMs).evaluate({});
      return "";
    } catch (error) {
      return this.#importFailure(wanted, error);
    } finally {
      this.#handed.delete(wanted.id);
    }
  }

  #importFailure(wanted: Wanted, error: unknown): string {
    // Something else may go wrong in the same run.
    const isOther = !this.#waiting.delete(wanted.id) || this.#handed.delete(wanted.id);
    if (isOther || error instanceof ServiceError || this.#isEnd(error)) throw error;
    return this.#thrownText(wanted, error);
  }

  /** Whether an `import()` waits for its module. */
  get isImporting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The namespace asked for as `id` has reached the guest. */
  handed(id: number): void {
    this.#handed.add(id);
    this.#waiting.delete(id);
  }

  /** What evaluating the module asked for as `id` has thrown has reached the guest. */
  failed(id: number): void {
    this.#failed.add(id);
    this.#waiting.delete(id);
  }

  /**
   * Loads the ES module `path` within the guest's own run, and hands over as `id` what `require` gives of it. Where V8 has no
   * `import defer`, what evaluating it throws isn't known before the run is over, and ends it: isolated-vm (7.0.1) tells only
   * then.
   */
  requireFor(id: number, path: string): void {
    const wanted = { id, user: this.#ofFile(path) };
    if (!this.#attempt(wanted)) return;
    this.#linkedGlue(wanted.user, this.#texts.requireGlue(id, TARGET_MODULE)).evaluateSync();
    this.#handed.delete(id);
  }

  /**
   * Whether a rejection that nobody has handled is that of a module which `import()` waits for: of one with top-level await,
   * which fails later. Whoever waits is told.
   */
  explains(reason: unknown, limitMs: RunLimit): boolean {
    let isOne = false;
    for (const wanted of [...this.#waiting.values()]) {
      const failure = this.#failureOf(wanted, limitMs);
      if (!failure) continue;
      isOne ||= isSame(failure.thrown, reason);
      this.#waiting.delete(wanted.id);
      const text = JSON.stringify(this.#thrownText(wanted, failure.thrown));
      const glue = this.#linkedGlue(undefined, `modules().thrown(${wanted.id}, ${text});`, limitMs);
      glue.evaluateSync({ timeout: limitMs() });
    }
    return isOne;
  }

  /** What evaluating a module has thrown, if that is over. */
  #failureOf(wanted: Wanted, limitMs: RunLimit): { readonly thrown: unknown } | undefined {
    try {
      this.#hand(wanted, limitMs);
      return undefined;
    } catch (thrown) {
      if (this.#isEnd(thrown)) throw thrown;
      return { thrown };
    }
  }

  #isEnd(error: unknown): boolean {
    return this.#target.isolate.isDisposed || isTimeout(error);
  }

  #thrownText({ id, user }: Wanted, error: unknown): string {
    const { name, message, trace } = readThrown(error);
    return JSON.stringify({ id, name, message, stack: trace.join("\n"), path: this.#placeOf(user) });
  }

  #placeOf(user: ivm.Module): string {
    for (const [key, module] of this.#byKey) if (module === user) return key;
    return "";
  }

  /**
   * Evaluates a module so that the guest sees what is thrown, where that can be done. False when something was, and the
   * guest has it.
   */
  #attempt(wanted: Wanted, limitMs?: RunLimit): boolean {
    this.#attemptGlue(wanted, limitMs)?.evaluateSync(limitMs ? { timeout: limitMs() } : {});
    return !this.#failed.delete(wanted.id);
  }

  #attemptGlue({ id, user }: Wanted, limitMs?: RunLimit): ivm.Module | undefined {
    const text = `import { modules } from "${RUNTIME_MODULE}"; import defer * as exports from "${TARGET_MODULE}"; modules().attempt(${id}, exports);`;
    const glue = compileDeferring(this.#target.isolate, text, GLUE_NAME);
    if (glue) this.#linkGlue(glue, user, limitMs);
    return glue;
  }

  #hand(wanted: Wanted, limitMs: RunLimit): void {
    this.#handGlue(wanted, limitMs).evaluateSync({ timeout: limitMs() });
  }

  #handGlue({ id, user }: Wanted, limitMs: RunLimit): ivm.Module {
    const text = `import * as exports from "${TARGET_MODULE}"; modules().handed(${id}, exports);`;
    return this.#linkedGlue(user, text, limitMs);
  }

  #linkedGlue(user: ivm.Module | undefined, text: string, limitMs?: RunLimit): ivm.Module {
    const glue = this.#glue(`import { modules } from "${RUNTIME_MODULE}"; ${text}`);
    this.#linkGlue(glue, user, limitMs);
    return glue;
  }

  #linkGlue(glue: ivm.Module, user: ivm.Module | undefined, limitMs?: RunLimit): void {
    try {
      this.#link(glue, user, limitMs);
    } catch (error) {
      if (error instanceof ServiceError || isTimeout(error)) throw error;
      throw new ServiceError("SyntaxError", readThrown(error).message);
    }
  }

  get #texts(): ModuleTexts {
    return new ModuleTexts(this.#modules);
  }

  get #modules(): VersionModules {
    return this.#version.modules;
  }

  #glue(text: string): ivm.Module {
    return this.#target.isolate.compileModuleSync(text, { filename: GLUE_NAME });
  }

  #link(glue: ivm.Module, user: ivm.Module | undefined, limitMs?: RunLimit): void {
    glue.instantiateSync(this.#target.context, (specifier, referrer) => {
      if (user && referrer === glue && specifier === TARGET_MODULE) return user;
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

/** Whether both are copies of one thing that was thrown, as far as copies tell. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(readThrown(one)) === JSON.stringify(readThrown(other));
}
