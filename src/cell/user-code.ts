import type ivm from "isolated-vm";
import type { GuestFacts } from "../guest/contract.ts";
import { CodeCache } from "./code-cache.ts";
import type { CellModules, GenericEnvironment } from "./generic-environment.ts";
import { failureText, moduleFailureText } from "./failures.ts";
import type { VersionDefinition } from "./protocol.ts";
import { scriptFormOf } from "./script-form.ts";
import type { ScriptForm } from "./script-form.ts";

/** A version as this cell keeps it: its definition, and its code cache. */
export class KnownVersion {
  readonly definition: VersionDefinition;
  readonly #cache: CodeCache | undefined;
  /** Null when there is none; undefined when nobody has asked yet. */
  #form: ScriptForm | null | undefined;

  constructor(definition: VersionDefinition) {
    this.definition = definition;
    const { cachedData } = definition;
    this.#cache = cachedData && new CodeCache(cachedData);
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
    const { format, source, factsText } = this.definition;
    const form = format === "esm" && this.#cache ? scriptFormOf(source) : undefined;
    return form?.exported.has(exportOf(handlerIn(factsText))) ? form : undefined;
  }
}

function handlerIn(factsText: string): string {
  return (JSON.parse(factsText) as Pick<GuestFacts, "handler">).handler;
}

/** The module's export that a handler such as `folder/file.export.method` begins with. */
function exportOf(handler: string): string {
  return handler.slice(handler.lastIndexOf("/") + 1).split(".")[1] ?? "";
}

/** A failure of the user's code to load, as JSON of a GuestError. */
export class LoadFailure extends Error {
  readonly text: string;
  constructor(text: string) {
    super("user code failed to load");
    this.text = text;
  }
}

const WRAPPER_HEAD = "(function (exports, require, module, __filename, __dirname) { ";
const WRAPPER_TAIL = "\n})";

/** A CommonJS source as the one function expression that Node makes of it. */
export function wrapCommonJs(source: string): string {
  // A hash-bang line is legal only at the very start of a script.
  return WRAPPER_HEAD + source.replace(/^#!/, "//") + WRAPPER_TAIL;
}

/** Compile options under which line and column numbers are those of the user's file; `form` is that of an ES module. */
export function originOf(filename: string, format: "esm" | "commonjs", form?: ScriptForm): ivm.ScriptOrigin {
  return format === "esm"
    ? { filename: `file://${filename}`, ...(form && { columnOffset: -form.headLength }) }
    : { filename, columnOffset: -WRAPPER_HEAD.length };
}

/** How long one run may take, asked anew for each. */
export type RunLimit = () => number;

/** Loads a CommonJS module: its exports go from the guest to the guest. */
export function loadCommonJs(target: GenericEnvironment, version: KnownVersion, limitMs: RunLimit): void {
  const { source, filename } = version.definition;
  const wrapper = version.run(target, wrapCommonJs(source), originOf(filename, "commonjs"), limitMs);
  target.entries.loadCommonJs.applySync(undefined, [wrapper.derefInto({ release: true })] as never, {
    timeout: limitMs(),
  });
}

/** Loads an ES module: as a script where that can be done, which then comes from its code cache. */
export function loadModule(target: GenericEnvironment, version: KnownVersion, limitMs: RunLimit): void {
  const form = version.scriptForm();
  if (form && hasImports(target, form, limitMs)) runScriptForm(target, version, form, limitMs);
  else evaluateModule(target, version, limitMs);
}

/** Whether the built-ins have what is imported of them; a module that imports something else fails as modules do. */
function hasImports(target: GenericEnvironment, { imported }: ScriptForm, limitMs: RunLimit): boolean {
  return imported.every(({ name, specifier }) => {
    const names = builtinNames(target, specifier, limitMs);
    return names.length > 0 && (name === "default" || names.includes(name));
  });
}

/** Runs in the stead of its module, with the same frames in its stack: none but the user's. */
function runScriptForm(
  target: GenericEnvironment,
  version: KnownVersion,
  form: ScriptForm,
  limitMs: RunLimit,
): void {
  const origin = originOf(version.definition.filename, "esm", form);
  const body = version.run(target, form.text, origin, limitMs) as ivm.Reference<(...args: unknown[]) => void>;
  const handed = [
    form.imported.length > 0 ? target.entries.builtin.derefInto({ release: true }) : undefined,
    target.entries.loaded.derefInto({ release: true }),
  ];
  body.applySync(undefined, handed, { timeout: limitMs() });
  body.release();
}

/**
 * Evaluates an ES module. The glue module runs after it, top-level await included, and hands its exports over within
 * the guest.
 */
function evaluateModule(target: GenericEnvironment, version: KnownVersion, limitMs: RunLimit): void {
  const { source, filename } = version.definition;
  const user = target.isolate.compileModuleSync(source, originOf(filename, "esm"));
  const { runtime, glue } = target.makeModules();
  linkModule(target, { user, runtime, glue }, filename, limitMs);
  glue.evaluateSync({ timeout: limitMs() });
}

interface LinkedModules extends CellModules {
  readonly user: ivm.Module;
}

function linkModule(
  target: GenericEnvironment,
  { user, runtime, glue }: LinkedModules,
  filename: string,
  limitMs: RunLimit,
): void {
  const builtins = new Map<string, ivm.Module>();
  try {
    glue.instantiateSync(target.context, (specifier, referrer) => {
      // Names of the cell's own, which the user's module can't import.
      if (referrer !== user) return specifier === "isolet:user" ? user : runtime;
      const known = builtins.get(specifier);
      if (known) return known;
      const made = makeBuiltin(target, specifier, limitMs);
      if (!made) throw new MissingModule(specifier, filename);
      builtins.set(specifier, made);
      return made;
    });
  } catch (error) {
    if (error instanceof MissingModule) throw new LoadFailure(error.failureText());
    throw new LoadFailure(moduleFailureText(error));
  }
}

class MissingModule extends Error {
  constructor(specifier: string, filename: string) {
    super(`Cannot find package '${specifier}' imported from ${filename}`);
  }
  failureText(): string {
    return failureText("Runtime.ImportModuleError", `Error: ${this.message}`, []);
  }
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A module that re-exports a built-in of the guest runtime; undefined when the runtime has none of that name. */
function makeBuiltin(
  target: GenericEnvironment,
  specifier: string,
  limitMs: RunLimit,
): ivm.Module | undefined {
  const names = builtinNames(target, specifier, limitMs);
  if (names.length === 0) return undefined;
  const exported = names.filter((name) => IDENTIFIER.test(name) && name !== "default");
  const list = exported.map(
    (name, index) => `const $${index} = m[${JSON.stringify(name)}]; export { $${index} as ${name} };`,
  );
  return target.isolate.compileModuleSync(
    `import { builtin } from "isolet:runtime"; const m = builtin(${JSON.stringify(specifier)}); export default m; ${list.join("")}`,
    { filename: `isolet:builtin/${specifier}` },
  );
}

/** Names that a built-in exports; none when there is no such built-in. */
function builtinNames(target: GenericEnvironment, specifier: string, limitMs: RunLimit): string[] {
  const names = target.entries.builtinNames.applySync(undefined, [specifier], { timeout: limitMs() });
  return names === "" ? [] : names.split(",");
}
