import ivm from "isolated-vm";
import { readThrown } from "./failures.ts";
import { originOf, wrapCommonJs } from "./user-code.ts";

/** Compiles done in one isolate before it is thrown away with what they left behind. */
const COMPILES_PER_ISOLATE = 200;

/** Heap limit of an isolate that only compiles. */
const COMPILER_MEMORY_MB = 512;

type Format = "esm" | "commonjs";

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
    const isolate = this.#freshIsolate();
    const options = { ...originOf(filename, format), produceCachedData: true };
    try {
      const unit =
        format === "esm"
          ? isolate.compileModuleSync(source, options)
          : isolate.compileScriptSync(wrapCommonJs(source), options);
      const { cachedData } = unit as { cachedData?: ivm.ExternalCopy<ArrayBuffer> };
      unit.release();
      return { format, error: "", cachedData: cachedData && new Uint8Array(cachedData.copy()) };
    } catch (error) {
      const { name, message } = readThrown(error);
      if (isolate.isDisposed) this.#isolate = undefined;
      return { format, error: `${name}: ${message}`, cachedData: undefined };
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
