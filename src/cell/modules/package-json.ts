import { posix } from "node:path";
import { ServiceError } from "../services/service.ts";
import type { FileTree } from "./file-tree.ts";
import { keep } from "./path-limit.ts";

/** What resolving reads of a `package.json`. */
export interface PackageJson {
  readonly folder: string;
  readonly name: string | undefined;
  readonly main: string | undefined;
  readonly type: "module" | "commonjs" | undefined;
  /** Undefined when it isn't there or null. */
  readonly exports: unknown;
  readonly imports: Readonly<Record<string, unknown>> | undefined;
}

/** The `package.json` files of a tree, each read once. */
export class PackageJsons {
  readonly #files: FileTree;
  readonly #known = new Map<string, PackageJson | null>();

  constructor(files: FileTree) {
    this.#files = files;
  }

  /** That of a folder. @throws ServiceError when it isn't JSON. */
  in(folder: string): PackageJson | undefined {
    const known = this.#known.get(folder);
    if (known !== undefined) return known ?? undefined;
    const read = this.#read(folder);
    keep(this.#known, folder, read ?? null);
    return read;
  }

  /** The nearest one above a file, that is its package's. */
  scopeOf(path: string): PackageJson | undefined {
    for (let folder = posix.dirname(posix.resolve("/", path)); ; folder = posix.dirname(folder)) {
      if (folder.endsWith("/node_modules") || folder === "/") return undefined;
      const found = this.in(folder);
      if (found) return found;
    }
  }

  #read(folder: string): PackageJson | undefined {
    const path = posix.join(folder, "package.json");
    const text = this.#files.text(path);
    if (text === undefined) return undefined;
    const fields = parse(path, text);
    const { name, main, type, imports } = fields;
    return {
      folder,
      name: typeof name === "string" ? name : undefined,
      main: typeof main === "string" ? main : undefined,
      type: type === "module" || type === "commonjs" ? type : undefined,
      exports: fields["exports"] ?? undefined,
      imports: isObject(imports) ? imports : undefined,
    };
  }
}

function parse(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    throw new ServiceError("Error", `Invalid package config ${path}. ${why}`, "ERR_INVALID_PACKAGE_CONFIG");
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
