import { isBuiltinName, isListed, LISTED_NAMES } from "./builtin-names.ts";
import { codedError, withSyntaxErrors } from "./errors.ts";
import type { Imports } from "./imports.ts";
import type { Extension, LoadedModule, LoaderParts, ModuleClass, ResolveOptions } from "./types.ts";
import { makeRequire } from "./require.ts";
import type { Require } from "./require.ts";

/** Answers of the cell about where a file is and what. */
type Resolved = readonly [path: string, format: string];

export function createModuleClass(parts: LoaderParts, imports: Imports): ModuleClass {
  const { ask, take, findBuiltin } = parts;
  const formats = new Map<string, string>();
  const resolved = new Map<string, string>();

  function Module(this: LoadedModule, id = "", parent?: LoadedModule): void {
    this.id = id;
    this.path = folderOf(id);
    this.exports = {};
    this.filename = null;
    this.loaded = false;
    this.children = [];
    Object.defineProperty(this, "parent", {
      value: parent,
      writable: true,
      configurable: true,
      enumerable: false,
    });
    parent?.children.push(this);
  }
  const Class = Module as unknown as ModuleClass;

  function resolveFrom(request: string, from: string): string {
    const key = `${folderOf(from)}\n${request}`;
    const known = resolved.get(key);
    if (known !== undefined) return known;
    const [path, format] = JSON.parse(
      ask("module.resolve", JSON.stringify([request, from, "require"])),
    ) as Resolved;
    formats.set(path, format);
    resolved.set(key, path);
    return path;
  }

  function formatOf(path: string): string {
    const format = formats.get(path) ?? ask("module.format", path);
    formats.set(path, format);
    return format;
  }

  function run(module: LoadedModule, wrapper: unknown): void {
    const filename = module.filename ?? "";
    Reflect.apply(wrapper as () => unknown, module.exports, [
      module.exports,
      makeRequire(Class, module),
      module,
      filename,
      folderOf(filename),
      imports.importer(filename),
    ]);
  }

  Object.assign(Class.prototype, {
    require(this: LoadedModule, id: unknown): unknown {
      if (typeof id !== "string") {
        const got = id === null ? "null" : `type ${typeof id}`;
        throw codedError(
          "ERR_INVALID_ARG_TYPE",
          `The "id" argument must be of type string. Received ${got}`,
          TypeError,
        );
      }
      if (id === "")
        throw codedError(
          "ERR_INVALID_ARG_VALUE",
          `The argument 'id' must be a non-empty string. Received ''`,
          TypeError,
        );
      return Class._load(id, this, false);
    },
    load(this: LoadedModule, filename: string): void {
      this.filename = filename;
      const ending = /\.[^./]+$/.exec(filename)?.[0] ?? ".js";
      const extension = Class._extensions[ending] ?? Class._extensions[".js"];
      extension?.(this, filename);
      this.loaded = true;
    },
    _compile(this: LoadedModule, content: string, filename: string): void {
      // Refused, and noted, as any other way from a text to code is; the cell refuses it besides.
      Reflect.construct(Function, ["0"]);
      this.filename ??= filename;
      run(
        this,
        take(() => withSyntaxErrors(() => ask("module.compile", JSON.stringify([filename, content])))),
      );
    },
  });
  Object.defineProperty(Class.prototype, "paths", {
    configurable: true,
    get(this: LoadedModule) {
      return Class._nodeModulePaths(this.path);
    },
    set(this: LoadedModule, value: unknown) {
      Object.defineProperty(this, "paths", { value, writable: true, configurable: true, enumerable: true });
    },
  });

  return Object.assign(Class, {
    Module: Class,
    _cache: Object.create(null) as Record<string, LoadedModule>,
    _pathCache: Object.create(null) as object,
    _extensions: Object.assign(Object.create(null) as Record<string, Extension>, {
      ".js": loadScript,
      ".json": loadJson,
      ".node": loadAddon,
    }),
    _run: run,
    _load(request: string, parent: LoadedModule | undefined, isMain = false): unknown {
      const builtin = builtinOf(request);
      if (builtin !== undefined) return builtin;
      const filename = Class._resolveFilename(request, parent, isMain);
      const cached = Class._cache[filename];
      if (cached) {
        if (parent && !parent.children.includes(cached)) parent.children.push(cached);
        return cached.exports;
      }
      const resolvedBuiltin = builtinOf(filename);
      if (resolvedBuiltin !== undefined) return resolvedBuiltin;
      return loadNew(filename, parent);
    },
    _resolveFilename(
      request: string,
      parent: LoadedModule | undefined,
      _isMain?: boolean,
      options?: ResolveOptions,
    ) {
      if (builtinOf(request) !== undefined) return request;
      const from = parent?.filename ?? "/var/task/index.js";
      const starts = options?.paths ? options.paths.map((path) => `${path}/index.js`) : [from];
      let failure: unknown;
      for (const start of starts) {
        try {
          return resolveFrom(request, start);
        } catch (error) {
          failure = error;
        }
      }
      throw withStack(failure ?? notFound(request), parent);
    },
    _nodeModulePaths: (from: string) => JSON.parse(ask("module.paths", from)) as string[],
    builtinModules: LISTED_NAMES.slice(),
    isBuiltin: (name: unknown) => typeof name === "string" && isListed(name),
    createRequire: (from: unknown): Require => {
      const filename = pathOf(from);
      const module = new Class(filename);
      module.filename = filename;
      return makeRequire(Class, module);
    },
    wrap: (text: string) => `(function (exports, require, module, __filename, __dirname) { ${text}\n});`,
    findSourceMap: () => undefined,
    syncBuiltinESMExports: () => undefined,
    register: () => {
      throw codedError(
        "ERR_METHOD_NOT_IMPLEMENTED",
        "module.register() isn't there: isolet loads modules without hooks.",
      );
    },
    globalPaths: [] as string[],
  });

  function builtinOf(request: string): unknown {
    return isBuiltinName(request) ? findBuiltin(request) : undefined;
  }

  function loadNew(filename: string, parent: LoadedModule | undefined): unknown {
    const module = new Class(filename, parent);
    Class._cache[filename] = module;
    let isDone = false;
    try {
      module.load(filename);
      isDone = true;
    } finally {
      if (!isDone) {
        Reflect.deleteProperty(Class._cache, filename);
        if (parent) parent.children = parent.children.filter((child) => child !== module);
      }
    }
    return module.exports;
  }

  function loadScript(module: LoadedModule, filename: string): void {
    const format = formatOf(filename);
    if (format === "module") module.exports = imports.requireModule(filename);
    else if (format === "wasm") loadAddon(module, filename);
    else
      run(
        module,
        take(() => withSyntaxErrors(() => ask("module.script", filename))),
      );
  }

  function loadJson(module: LoadedModule, filename: string): void {
    try {
      module.exports = JSON.parse(ask("module.text", filename).replace(/^\uFEFF/, "")) as unknown;
    } catch (error) {
      if (error instanceof SyntaxError) error.message = `${filename}: ${error.message}`;
      throw error;
    }
  }

  function loadAddon(_module: LoadedModule, filename: string): void {
    throw codedError(
      "ERR_DLOPEN_FAILED",
      `${filename} is native code, which can't run in an isolate; use a package written in JavaScript.`,
    );
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || (path.startsWith("/") ? "/" : ".");
}

function notFound(request: string): Error {
  return codedError("MODULE_NOT_FOUND", `Cannot find module '${request}'`);
}

/** Says who required it, as Node does. */
function withStack(failure: unknown, parent: LoadedModule | undefined): unknown {
  if (!(failure instanceof Error) || (failure as { code?: unknown }).code !== "MODULE_NOT_FOUND")
    return failure;
  const requireStack: string[] = [];
  for (let current = parent; current; current = current.parent)
    if (current.filename !== null) requireStack.push(current.filename);
  if (requireStack.length > 0) failure.message += `\nRequire stack:\n- ${requireStack.join("\n- ")}`;
  return Object.assign(failure, { requireStack });
}

function pathOf(from: unknown): string {
  const text =
    typeof from === "object" && from !== null ? ((from as { href?: unknown }).href as string) : from;
  if (typeof text === "string" && text.startsWith("file://")) return decodeURIComponent(text.slice(7));
  if (typeof text === "string" && text.startsWith("/")) return text;
  throw codedError(
    "ERR_INVALID_ARG_VALUE",
    `The argument 'filename' must be a file URL object, file URL string, or absolute path string. Received ${String(text)}`,
    TypeError,
  );
}
