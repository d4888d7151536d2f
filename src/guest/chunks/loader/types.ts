/** What the loader is made of. */
export interface LoaderParts {
  /** Has the cell's service do something. */
  readonly ask: (operation: string, argument: string) => string;
  /** Has it do something that takes time. */
  readonly request: (operation: string, argument: string) => Promise<string>;
  /** What the script leaves that `run` has the cell run. */
  readonly take: (run: () => void) => unknown;
  /** A built-in module's exports; undefined when there is none. */
  readonly findBuiltin: (name: string) => unknown;
}

/** A CommonJS module as its code knows it. */
export interface LoadedModule {
  id: string;
  path: string;
  exports: unknown;
  filename: string | null;
  loaded: boolean;
  children: LoadedModule[];
  parent: LoadedModule | undefined;
  readonly paths: string[];
  require(id: unknown): unknown;
  load(filename: string): void;
  _compile(content: string, filename: string): unknown;
}

/** Loads a file of some ending into its module. */
export type Extension = (module: LoadedModule, filename: string) => void;

/** What `node:module` exports, with the parts that libraries are known to replace. */
export interface ModuleClass {
  new (id?: string, parent?: LoadedModule): LoadedModule;
  readonly prototype: LoadedModule;
  _cache: Record<string, LoadedModule>;
  _extensions: Record<string, Extension>;
  _load(request: string, parent: LoadedModule | undefined, isMain?: boolean): unknown;
  _resolveFilename(
    request: string,
    parent: LoadedModule | undefined,
    isMain?: boolean,
    options?: ResolveOptions,
  ): string;
  _nodeModulePaths(from: string): string[];
  /** Runs a file's function. Of the loader's own. */
  _run(module: LoadedModule, wrapper: unknown): void;
  [name: string]: unknown;
}

export interface ResolveOptions {
  readonly paths?: readonly string[];
}
