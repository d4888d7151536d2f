import type ivm from "isolated-vm";
import type { GenericEnvironment } from "./generic-environment.ts";
import { failureText, moduleFailureText } from "./failures.ts";
import type { KnownVersion, RunLimit } from "./known-version.ts";
import { builtinNames } from "./modules/builtin-module.ts";
import type { EnvironmentCode } from "./modules/environment-code.ts";
import type { ScriptForm } from "./script-form.ts";
import { ServiceError } from "./services/service.ts";

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

/**
 * Loads the handler's module, which ends with a word of the guest's: at once, or with `started` when that says so, and so
 * that a debugger may hold it.
 */
export function loadCode(
  code: EnvironmentCode,
  limitMs: RunLimit,
  started: Promise<void> | undefined,
): Promise<unknown> | undefined {
  if (started) return started.then(() => loadInspected(code, limitMs));
  if (code.version.definition.format === "esm") loadModule(code, limitMs);
  else loadCommonJs(code, limitMs);
  return undefined;
}

async function loadInspected(code: EnvironmentCode, limitMs: RunLimit): Promise<unknown> {
  const { source, filename, format } = code.version.definition;
  if (format === "esm") return evaluateModule(code, limitMs);
  const { isolate, context, entries } = code.generic;
  const script = await isolate.compileScript(wrapCommonJs(source), originOf(filename, "commonjs"));
  const wrapper: unknown = await script.run(context, { reference: true });
  const handed = [(wrapper as ivm.Reference).derefInto({ release: true })];
  return entries.loadCommonJs.apply(undefined, handed as never, {});
}

/** Loads a CommonJS module: its exports go from the guest to the guest. */
function loadCommonJs({ generic, version }: EnvironmentCode, limitMs: RunLimit): void {
  const { source, filename } = version.definition;
  const wrapper = version.run(generic, wrapCommonJs(source), originOf(filename, "commonjs"), limitMs);
  generic.entries.loadCommonJs.applySync(undefined, [wrapper.derefInto({ release: true })] as never, {
    timeout: limitMs(),
  });
}

/** Loads an ES module: as a script where that can be done, which then comes from its code cache. */
export function loadModule(code: EnvironmentCode, limitMs: RunLimit): void {
  const { generic, version } = code;
  const form = version.scriptForm();
  if (form && hasImports(generic, form, limitMs)) runScriptForm(generic, version, form, limitMs);
  else void evaluateModule(code, limitMs);
}

/** Whether the built-ins have what is imported of them; a module that imports something else fails as modules do. */
function hasImports(target: GenericEnvironment, { imported }: ScriptForm, limitMs: RunLimit): boolean {
  return imported.every(({ name, specifier }) => {
    const names = builtinNames(target, specifier, limitMs());
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

/** Evaluates an ES module with all it imports. */
function evaluateModule(
  { modules, version }: EnvironmentCode,
  limitMs: RunLimit,
): Promise<unknown> | undefined {
  const { source, filename } = version.definition;
  let evaluate: () => Promise<unknown> | undefined;
  try {
    evaluate = modules.loadEntry(source, filename, limitMs);
  } catch (error) {
    throw new LoadFailure(error instanceof ServiceError ? importFailure(error) : moduleFailureText(error));
  }
  return evaluate();
}

/** What Lambda makes of a module that can't be found or read. */
function importFailure({ name, message }: ServiceError): string {
  return name === "SyntaxError"
    ? failureText("Runtime.UserCodeSyntaxError", `SyntaxError: ${message}`, [])
    : failureText("Runtime.ImportModuleError", `Error: ${message}`, []);
}
