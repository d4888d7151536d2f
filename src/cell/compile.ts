import ivm from "isolated-vm";
import { readThrown } from "./failures.ts";
import { isFaithful, scriptFormOf } from "./script-form.ts";
import { originOf, wrapCommonJs } from "./user-code.ts";

/** Compiles done in one isolate before it is thrown away with what they left behind. */
const COMPILES_PER_ISOLATE = 200;

/** Heap limit of an isolate that only compiles. */
const COMPILER_MEMORY_MB = 512;

type Format = "esm" | "commonjs";
type CompileOptions = ivm.ScriptOrigin & { produceCachedData?: boolean };

/** What compiling a source gave. */
export type Compiled =
  | { readonly format: Format; readonly error: ""; readonly cachedData: Uint8Array | undefined }
  | { readonly format: Format; readonly error: string; readonly cachedData: undefined };

/** V8's words for syntax that only an ES module may have; Node tells the two formats apart by the same words. */
const ESM_ONLY = [
  "Cannot use import statement outside a module",
  "Unexpected token 'export'",
  "Cannot use 'import.meta' outside a module",
  "await is only valid in async functions and the top level bodies of modules",
];

/** Compiles user code without running it: for its format, its syntax errors and its code cache. */
export class Compiler {
  #isolate: ivm.Isolate | undefined;
  #done = 0;

  compile(source: string, format: Format | undefined, filename: string): Compiled {
    if (format) return this.#attempt(source, format, filename);
    const asScript = this.#attempt(source, "commonjs", filename);
    if (asScript.error === "") return asScript;
    const asModule = this.#attempt(source, "esm", filename);
    const isModule = asModule.error === "" || ESM_ONLY.some((words) => asScript.error.includes(words));
    return isModule ? asModule : asScript;
  }

  #attempt(source: string, format: Format, filename: string): Compiled {
    try {
      const cachedData =
        format === "commonjs"
          ? this.#cacheOf(wrapCommonJs(source), originOf(filename, format))
          : this.#cacheOfModule(source, filename);
      return { format, error: "", cachedData };
    } catch (error) {
      const { name, message } = readThrown(error);
      return { format, error: `${name}: ${message}`, cachedData: undefined };
    }
  }

  /** A module's script form's, if it has one: isolated-vm (7.0.1) makes a module's own cache and doesn't use it. */
  #cacheOfModule(source: string, filename: string): Uint8Array | undefined {
    this.#compile(source, "esm", { ...originOf(filename, "esm") });
    const form = scriptFormOf(source);
    if (!form || !isFaithful(source, form, (text, format) => this.#compiles(text, format))) return undefined;
    return this.#cacheOf(form.text, originOf(filename, "esm", form));
  }

  #compiles(text: string, format: Format): boolean {
    try {
      this.#compile(text, format, {});
      return true;
    } catch {
      return false;
    }
  }

  #cacheOf(text: string, origin: ivm.ScriptOrigin): Uint8Array | undefined {
    const cachedData = this.#compile(text, "commonjs", { ...origin, produceCachedData: true });
    return cachedData && new Uint8Array(cachedData.copy());
  }

  #compile(text: string, format: Format, options: CompileOptions): ivm.ExternalCopy<ArrayBuffer> | undefined {
    const isolate = this.#freshIsolate();
    try {
      const unit =
        format === "esm"
          ? isolate.compileModuleSync(text, options)
          : isolate.compileScriptSync(text, options);
      const { cachedData } = unit as { cachedData?: ivm.ExternalCopy<ArrayBuffer> };
      unit.release();
      return cachedData;
    } finally {
      if (isolate.isDisposed) this.#isolate = undefined;
    }
  }

  #freshIsolate(): ivm.Isolate {
    if (this.#isolate && this.#done++ < COMPILES_PER_ISOLATE) return this.#isolate;
    this.#isolate?.dispose();
    this.#done = 0;
    this.#isolate = new ivm.Isolate({ memoryLimit: COMPILER_MEMORY_MB });
    return this.#isolate;
  }
}
