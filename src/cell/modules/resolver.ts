import { posix } from "node:path";
import { hasModuleSyntax } from "../../functions/rewrite-imports.ts";
import { ServiceError } from "../services/service.ts";
import type { FileTree } from "./file-tree.ts";
import { PackageJsons } from "./package-json.ts";
import type { PackageJson } from "./package-json.ts";
import { exportsTarget, importsTarget } from "./package-maps.ts";
import type { MapTarget, ResolveKind } from "./package-maps.ts";
import { checkPath, keep } from "./path-limit.ts";

export type { ResolveKind } from "./package-maps.ts";

/** How a file is to be loaded. */
export type FileFormat = "module" | "commonjs" | "json" | "addon" | "wasm";

const EXTENSIONS = [".js", ".json", ".node"];
const INDEXES = EXTENSIONS.map((extension) => `/index${extension}`);

/** A package's name and the path within it. */
const BARE = /^((?:@[^/\\%]+\/)?[^./\\%][^/\\%]*)(\/.*)?$/;

const RELATIVE = /^\.{0,2}\/|^\.{1,2}$/;

/** Finds files as Node does, by its documented algorithms for `require` and `import`. Built-in modules are none of it. */
export class Resolver {
  readonly #files: FileTree;
  readonly #packages: PackageJsons;
  /** Folders in which `require` looks at last, as `NODE_PATH` has them on Lambda. */
  readonly #globalFolders: readonly string[];
  readonly #found = new Map<string, string>();
  readonly #formats = new Map<string, FileFormat>();

  constructor(files: FileTree, globalFolders: readonly string[]) {
    this.#files = files;
    this.#packages = new PackageJsons(files);
    this.#globalFolders = globalFolders;
  }

  /** The file that `specifier` means in the file `from`. @throws ServiceError with Node's message and code. */
  resolve(specifier: string, from: string, kind: ResolveKind): string {
    const key = `${kind}\n${posix.dirname(from)}\n${specifier}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const path = this.#find(checkPath(specifier), checkPath(from), kind);
    if (path === undefined) throw notFound(specifier, from, kind);
    const real = this.#files.realPath(path);
    keep(this.#found, key, real);
    return real;
  }

  /** Folders in which a bare name is looked for from `folder`. */
  lookupFolders(folder: string): string[] {
    const folders: string[] = [];
    // From the root, which is where it ends.
    for (let current = posix.resolve("/", checkPath(folder)); ; current = posix.dirname(current)) {
      if (posix.basename(current) !== "node_modules") folders.push(posix.join(current, "node_modules"));
      if (current === "/") return [...folders, ...this.#globalFolders];
    }
  }

  formatOf(path: string): FileFormat {
    const known = this.#formats.get(path);
    if (known) return known;
    const format = this.#formatOf(checkPath(path));
    keep(this.#formats, path, format);
    return format;
  }

  #formatOf(path: string): FileFormat {
    switch (posix.extname(path)) {
      case ".mjs":
        return "module";
      case ".json":
        return "json";
      case ".node":
        return "addon";
      case ".wasm":
        return "wasm";
      case ".js":
      case "":
        return this.#formatByPackage(path);
      default:
        return "commonjs";
    }
  }

  #formatByPackage(path: string): FileFormat {
    const type = this.#packages.scopeOf(path)?.type;
    if (type) return type;
    return hasModuleSyntax(this.#files.text(path) ?? "") ? "module" : "commonjs";
  }

  #find(specifier: string, from: string, kind: ResolveKind): string | undefined {
    if (specifier.startsWith("file:") && kind === "import") return this.#exact(pathOfUrl(specifier), from);
    if (RELATIVE.test(specifier)) return this.#relative(specifier, from, kind);
    if (specifier.startsWith("#")) return this.#mapped(specifier, from, kind);
    const [, name, rest = ""] = BARE.exec(specifier) ?? [];
    if (name === undefined) throw invalidSpecifier(specifier, from, kind);
    return this.#self(name, rest, from, kind) ?? this.#bare(name, rest, from, kind);
  }

  #relative(specifier: string, from: string, kind: ResolveKind): string | undefined {
    const folder = posix.dirname(from);
    if (kind === "import") {
      const plain = specifier.replace(/[?#].*$/s, "");
      return this.#exact(posix.resolve(folder, decode(plain)), from);
    }
    const path = posix.resolve(folder, specifier);
    const isFolder = /(?:^|\/)\.{0,2}$/.test(specifier);
    return (isFolder ? undefined : this.#asFile(path)) ?? this.#asFolder(path);
  }

  /** As `import` finds a path: nothing is added to it. */
  #exact(path: string, from: string): string | undefined {
    const kind = this.#files.kind(path);
    if (kind === "directory") {
      throw new ServiceError(
        "Error",
        `Directory import '${path}' is not supported resolving ES modules imported from ${from}`,
        "ERR_UNSUPPORTED_DIR_IMPORT",
      );
    }
    if (kind === "file") return path;
    throw new ServiceError(
      "Error",
      `Cannot find module '${path}' imported from ${from}`,
      "ERR_MODULE_NOT_FOUND",
    );
  }

  #mapped(specifier: string, from: string, kind: ResolveKind): string | undefined {
    const scope = this.#packages.scopeOf(from);
    const target: MapTarget = importsTarget(scope, specifier, kind, from);
    if ("path" in target) return this.#mustBe(target.path, from, kind);
    return this.#find(target.specifier, `${scope?.folder ?? ""}/package.json`, kind);
  }

  #self(name: string, rest: string, from: string, kind: ResolveKind): string | undefined {
    const scope = this.#packages.scopeOf(from);
    if (scope?.name !== name || scope.exports === undefined) return undefined;
    return this.#mustBe(exportsTarget(scope, `.${rest}`, kind, from), from, kind);
  }

  #bare(name: string, rest: string, from: string, kind: ResolveKind): string | undefined {
    for (const folder of this.lookupFolders(posix.dirname(from))) {
      const place = posix.join(folder, name);
      const found = this.#inPackage(place, rest, from, kind);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #inPackage(place: string, rest: string, from: string, kind: ResolveKind): string | undefined {
    if (this.#files.kind(place) === undefined && kind === "import") return undefined;
    const described = this.#packages.in(place);
    if (described?.exports !== undefined)
      return this.#mustBe(exportsTarget(described, `.${rest}`, kind, from), from, kind);
    if (kind === "require") {
      const isFolder = rest.endsWith("/");
      const path = posix.join(place, isFolder ? rest.slice(0, -1) : rest);
      return (isFolder ? undefined : this.#asFile(path)) ?? this.#asFolder(path);
    }
    if (rest === "") return described ? this.#asFolder(place) : this.#firstOf(INDEXES, place);
    return this.#exact(posix.join(place, decode(rest)), from);
  }

  #mustBe(path: string, from: string, kind: ResolveKind): string {
    if (this.#files.isFile(path)) return path;
    throw notFound(path, from, kind);
  }

  #asFile(path: string): string | undefined {
    return this.#files.isFile(path) ? path : this.#firstOf(EXTENSIONS, path);
  }

  #asFolder(path: string): string | undefined {
    if (this.#files.kind(path) !== "directory") return undefined;
    const main = this.#packages.in(path)?.main;
    if (main) {
      const target = posix.resolve(path, main);
      const found = this.#asFile(target) ?? this.#firstOf(INDEXES, target);
      if (found !== undefined) return found;
    }
    return this.#firstOf(INDEXES, path);
  }

  #firstOf(endings: readonly string[], path: string): string | undefined {
    const ending = endings.find((one) => this.#files.isFile(path + one));
    return ending === undefined ? undefined : path + ending;
  }

  /** The `package.json` above a file. */
  packageOf(path: string): PackageJson | undefined {
    return this.#packages.scopeOf(path);
  }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function pathOfUrl(url: string): string {
  return decode(url.replace(/^file:\/\/(?:localhost)?/, "").replace(/[?#].*$/s, ""));
}

function notFound(specifier: string, from: string, kind: ResolveKind): ServiceError {
  if (kind === "require")
    return new ServiceError("Error", `Cannot find module '${specifier}'`, "MODULE_NOT_FOUND");
  const what = specifier.startsWith("/") ? "module" : "package";
  return new ServiceError(
    "Error",
    `Cannot find ${what} '${specifier}' imported from ${from}`,
    "ERR_MODULE_NOT_FOUND",
  );
}

function invalidSpecifier(specifier: string, from: string, kind: ResolveKind): ServiceError {
  if (kind === "require") return notFound(specifier, from, kind);
  return new ServiceError(
    "TypeError",
    `Invalid module "${specifier}" is not a valid package name imported from ${from}`,
    "ERR_INVALID_MODULE_SPECIFIER",
  );
}
