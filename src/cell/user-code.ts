import ivm from "isolated-vm";
import type { GenericEnvironment } from "./generic-environment.ts";
import { failureText, moduleFailureText } from "./failures.ts";
import type { VersionDefinition } from "./protocol.ts";

/** A version as this cell keeps it: its definition, and its code cache in the form isolates take. */
export class KnownVersion {
  readonly definition: VersionDefinition;
  readonly cachedData: ivm.ExternalCopy<ArrayBuffer> | undefined;

  constructor(definition: VersionDefinition) {
    this.definition = definition;
    const { cachedData } = definition;
    this.cachedData = cachedData && new ivm.ExternalCopy(bufferOf(cachedData));
  }
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
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

/** Compile options under which line and column numbers are those of the user's file. */
export function originOf(filename: string, format: "esm" | "commonjs"): ivm.ScriptOrigin {
  return format === "esm"
    ? { filename: `file://${filename}` }
    : { filename, columnOffset: -WRAPPER_HEAD.length };
}

/** How long one run may take, asked anew for each. */
export type RunLimit = () => number;

/** Loads a CommonJS module: its exports go from the guest to the guest. */
export function loadCommonJs(target: GenericEnvironment, version: KnownVersion, limitMs: RunLimit): void {
  const { source, filename } = version.definition;
  const { cachedData } = version;
  const script = target.isolate.compileScriptSync(wrapCommonJs(source), {
    ...originOf(filename, "commonjs"),
    ...(cachedData && { cachedData }),
  });
  const wrapper: unknown = script.runSync(target.context, { timeout: limitMs(), reference: true });
  script.release();
  target.entries.loadCommonJs.applySync(
    undefined,
    [(wrapper as ivm.Reference).derefInto({ release: true })] as never,
    {
      timeout: limitMs(),
    },
  );
}

/**
 * Loads an ES module. The glue module runs after it, top-level await included, and hands its exports over within
 * the guest.
 */
export function loadModule(target: GenericEnvironment, version: KnownVersion, limitMs: RunLimit): void {
  const { source, filename } = version.definition;
  const { cachedData } = version;
  const user = target.isolate.compileModuleSync(source, {
    ...originOf(filename, "esm"),
    ...(cachedData && { cachedData }),
  });
  linkModule(target, user, filename, limitMs);
  target.glue.evaluateSync({ timeout: limitMs() });
}

function linkModule(target: GenericEnvironment, user: ivm.Module, filename: string, limitMs: RunLimit): void {
  const builtins = new Map<string, ivm.Module>();
  try {
    target.glue.instantiateSync(target.context, (specifier, referrer) => {
      // Names of the cell's own, which the user's module can't import.
      if (referrer !== user) return specifier === "isolet:user" ? user : target.runtimeModule;
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
  const names = target.entries.builtinNames.applySync(undefined, [specifier], { timeout: limitMs() });
  if (names === "") return undefined;
  const exported = names.split(",").filter((name) => IDENTIFIER.test(name) && name !== "default");
  const list = exported.map(
    (name, index) => `const $${index} = m[${JSON.stringify(name)}]; export { $${index} as ${name} };`,
  );
  return target.isolate.compileModuleSync(
    `import { builtin } from "isolet:runtime"; const m = builtin(${JSON.stringify(specifier)}); export default m; ${list.join("")}`,
    { filename: `isolet:builtin/${specifier}` },
  );
}
