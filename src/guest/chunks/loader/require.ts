import { codedError } from "./errors.ts";
import type { LoadedModule, ModuleClass, ResolveOptions } from "./types.ts";

/** A module's `require`. */
export interface Require {
  (id: unknown): unknown;
  resolve: ((request: unknown, options?: ResolveOptions) => string) & {
    paths: (request: string) => string[] | null;
  };
  cache: Record<string, LoadedModule>;
  extensions: ModuleClass["_extensions"];
  /** Lambda's own main module is an ES module. */
  main: undefined;
}

export function makeRequire(Module: ModuleClass, module: LoadedModule): Require {
  const require = (id: unknown): unknown => module.require(id);
  const resolve = (request: unknown, options?: ResolveOptions): string => {
    if (typeof request === "string") return Module._resolveFilename(request, module, false, options);
    throw codedError("ERR_INVALID_ARG_TYPE", 'The "request" argument must be of type string.', TypeError);
  };
  resolve.paths = (request: string): string[] | null => {
    if ((Module as unknown as { isBuiltin(name: string): boolean }).isBuiltin(request)) return null;
    return /^\.{1,2}(?:\/|$)/.test(request) ? [module.path] : Module._nodeModulePaths(module.path);
  };
  return Object.assign(require, {
    resolve,
    main: undefined,
    extensions: Module._extensions,
    cache: Module._cache,
  });
}
