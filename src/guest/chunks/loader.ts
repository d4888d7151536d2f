/** Loads a function's own files, as Node's `require` and `import()` do. Where they are and what they say, the cell tells. */
import { createImports } from "./loader/imports.ts";
import type { Imports } from "./loader/imports.ts";
import { createModuleClass } from "./loader/module-class.ts";
import type { LoaderParts, ModuleClass } from "./loader/types.ts";

/** The loader of one environment. */
export interface Loader extends Imports {
  /** What `node:module` exports. */
  readonly Module: ModuleClass;
  /** Runs the handler's CommonJS module by its function and gives its exports. */
  main(filename: string, wrapper: unknown): unknown;
  /** Exports of the CommonJS file at `path`. */
  commonJs(path: string): unknown;
  json(path: string): unknown;
}

export function createLoader(parts: LoaderParts): Loader {
  const imports = createImports(parts);
  const Module = createModuleClass(parts, imports);
  return {
    ...imports,
    Module,
    main(filename, wrapper) {
      const module = new Module(filename);
      module.filename = filename;
      Module._cache[filename] = module;
      Module._run(module, wrapper);
      module.loaded = true;
      return module.exports;
    },
    commonJs: (path) => Module._load(path, undefined),
    json: (path) => Module._load(path, undefined),
  };
}
