import { existsSync, readdirSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, extname, isAbsolute, join, resolve, sep } from "node:path";
import type { Metafile } from "esbuild";
import type { Looks } from "./bundle-looks.ts";
import { readTsconfig, substituted } from "./tsconfig-reads.ts";

/** A package's name, and the path within it. */
const BARE = /^((?:@[^/\\]+\/)?[^/\\]+)(\/.*)?$/;

const RELATIVE = /^\.{1,2}(?:[/\\]|$)/;

/** Modules that are no files, and need none. */
const NO_FILE = /^(?:data:|https?:|node:|<(?:data:|runtime))/;

/** Where else Yarn has packages be looked for. */
const PLUG_AND_PLAY = [".pnp.cjs", ".pnp.js", ".pnp.data.json"];

const TSCONFIGS = ["tsconfig.json", "jsconfig.json"];

/** Most files of a package that a tsconfig extends. */
const EXTENDED_LIMIT = 200;

type Input = Metafile["inputs"][string];

/**
 * Looks at all that a bundle follows from: the files in it, and wherever esbuild has looked or would look for what they
 * import, so that a file which would be found now, or would be found first, is noticed. Where that can't be told, nothing is.
 */
export class BundleInputs {
  readonly #root: string;
  readonly #externals: readonly string[];
  readonly #looks: Looks;
  readonly #seen = new Set<string>();
  /** Folders that a tsconfig has names be looked for in, and patterns of names. */
  readonly #mappings: { readonly pattern: string; readonly target: string }[] = [];
  #isTold = true;

  /** `externals` are names that are left alone. */
  constructor(root: string, externals: readonly string[], looks: Looks) {
    this.#root = root;
    this.#externals = externals;
    this.#looks = looks;
  }

  /** False when it can't be told what the bundle follows from. */
  async lookAt(inputs: Metafile["inputs"]): Promise<boolean> {
    const files = Object.entries(inputs).filter(([path]) => !NO_FILE.test(path));
    for (const [path] of files) this.#looks.folder(dirname(this.#fileOf(path)), "");
    for (const [path, input] of files) {
      await this.#looks.breathe();
      this.#lookAtInput(this.#fileOf(path), input, path);
    }
    for (const [path, input] of files) {
      await this.#looks.breathe();
      this.#lookForImports(this.#fileOf(path), input);
    }
    return this.#isTold;
  }

  #fileOf(path: string): string {
    return resolve(this.#root, path.replace(/^\(disabled\):/, "").replace(/ with \{[^{}]*\}$/, ""));
  }

  #lookAtInput(file: string, { bytes }: Input, name: string): void {
    const content = this.#looks.file(file);
    // Without the mark that a file may begin with.
    const isRead = content && (content.length === bytes || content.length === bytes + 3);
    if (!isRead && !name.startsWith("(disabled):")) this.#isTold = false;
    for (const folder of foldersAbove(file)) this.#lookAtFolder(folder);
  }

  /** At what says how the files beneath a folder are read. */
  #lookAtFolder(folder: string): void {
    if (!this.#isNew("folder", folder)) return;
    this.#looks.file(join(folder, "package.json"));
    if (isInstalled(folder)) return;
    for (const name of PLUG_AND_PLAY) if (this.#looks.file(join(folder, name))) this.#isTold = false;
    for (const name of TSCONFIGS) this.#lookAtTsconfig(join(folder, name), [folder]);
  }

  #lookForImports(file: string, { imports }: Input): void {
    for (const { path, external = false, original = path } of imports) {
      if (
        NO_FILE.test(original) ||
        this.#externals.some((name) => substituted(original, name, "") !== undefined)
      )
        continue;
      // What a pattern stands for is more than one file.
      if (path.includes("*")) this.#isTold = false;
      this.#lookFor(original, dirname(file));
      if (external && !isBuiltin(original)) this.#lookForMissing(original, dirname(file));
    }
  }

  /** At packages that are there, and don't have what is asked of them by patterns of theirs. */
  #lookForMissing(specifier: string, folder: string): void {
    const [, name = ""] = BARE.exec(specifier) ?? [];
    for (const above of [folder, ...foldersAbove(folder)]) {
      const described = this.#readPackage(
        specifier.startsWith("#") ? above : join(above, "node_modules", name),
      );
      const targets = textsIn(specifier.startsWith("#") ? described?.imports : described?.exports);
      if (targets.some((target) => target.includes("*"))) this.#isTold = false;
    }
  }

  /** Where `specifier` is looked for by files in `folder`. */
  #lookFor(specifier: string, folder: string): void {
    if (!this.#isNew("import", `${folder}\n${specifier}`)) return;
    if (RELATIVE.test(specifier) || isAbsolute(specifier)) {
      this.#lookForPath(resolve(folder, specifier));
      this.#lookForPath(resolve(folder, specifier.replace(/[?#].*$/s, "")));
      return;
    }
    this.#lookForPackage(specifier, folder);
    if (specifier.startsWith("#")) this.#lookForMapped(folder);
    if (isInstalled(folder)) return;
    for (const { pattern, target } of this.#mappings) {
      const path = substituted(specifier, pattern, target);
      if (path !== undefined) this.#lookForPath(path);
    }
  }

  /** At a path that an ending, or a file in a folder of the name, may have to be added to, or another ending be taken. */
  #lookForPath(path: string): void {
    if (!this.#isNew("path", path)) return;
    this.#looks.folder(dirname(path), stemOf(path));
    if (!this.#looks.mayBeFolder(path)) return;
    this.#lookForMain(path);
  }

  /** At what is taken for a folder: what its `package.json` says, or an index. */
  #lookForMain(folder: string): void {
    if (!this.#isNew("main", folder)) return;
    this.#looks.folder(folder, "index");
    const described = this.#readPackage(folder);
    if (!described) return;
    const { main, module, browser, exports } = described;
    for (const target of textsIn([main, module, browser, exports])) {
      this.#lookForPath(resolve(folder, target));
      if (!RELATIVE.test(target)) this.#lookForPackage(target, folder);
    }
  }

  /** At the packages that names beginning with `#` may stand for. */
  #lookForMapped(folder: string): void {
    for (const above of [folder, ...foldersAbove(folder)]) {
      const described = this.#readPackage(above);
      if (!described) continue;
      for (const target of textsIn(described.imports)) {
        if (RELATIVE.test(target)) this.#lookForPath(resolve(above, target));
        else this.#lookForPackage(target, above);
      }
      return;
    }
  }

  #lookForPackage(specifier: string, folder: string): void {
    const [, name, rest = ""] = BARE.exec(specifier) ?? [];
    if (name === undefined) return;
    for (const above of [folder, ...foldersAbove(folder)]) {
      const modules = join(above, "node_modules");
      if (!this.#isNew("package", `${modules}\n${specifier}`)) return;
      this.#looks.folder(above, "node_modules");
      if (!this.#looks.mayBeFolder(modules)) continue;
      const place = join(modules, name);
      this.#looks.folder(modules, stemOf(join(modules, name.split("/", 1)[0] ?? "")));
      this.#looks.folder(dirname(place), stemOf(place));
      if (!this.#looks.mayBeFolder(place)) continue;
      this.#lookForMain(place);
      if (rest !== "") this.#lookForPath(join(place, rest));
    }
  }

  /** `bases` are the folders of it and of those that extend it. */
  #lookAtTsconfig(path: string, bases: readonly string[]): void {
    if (!this.#isNew("tsconfig", `${path}\n${bases.join("\n")}`)) return;
    const text = this.#looks.file(path);
    if (!text) return;
    const config = readTsconfig(text.toString("utf8"));
    if (!config) {
      this.#isTold = false;
      return;
    }
    const { baseUrl, paths } = config;
    for (const base of bases) {
      const from = resolve(base, withoutPlace(baseUrl ?? "."));
      if (baseUrl !== undefined) this.#mappings.push({ pattern: "*", target: join(from, "*") });
      for (const [pattern, targets] of paths)
        for (const target of targets)
          this.#mappings.push({ pattern, target: resolve(from, withoutPlace(target)) });
    }
    for (const extended of config.extends) this.#lookAtExtended(extended, path, bases);
  }

  #lookAtExtended(extended: string, by: string, bases: readonly string[]): void {
    if (RELATIVE.test(extended) || isAbsolute(extended)) {
      const path = resolve(dirname(by), extended);
      for (const one of [path, `${path}.json`])
        this.#lookAtTsconfig(one, [...new Set([...bases, dirname(one)])]);
      return;
    }
    this.#lookForPackage(extended, dirname(by));
    const [, name = ""] = BARE.exec(extended) ?? [];
    for (const above of foldersAbove(by)) {
      const place = join(above, "node_modules", name);
      const found = jsonFilesIn(place);
      if (found.length > EXTENDED_LIMIT) this.#isTold = false;
      for (const path of found.slice(0, EXTENDED_LIMIT)) {
        this.#looks.folder(dirname(path), "");
        this.#lookAtTsconfig(path, [...new Set([...bases, dirname(path)])]);
      }
    }
  }

  #readPackage(folder: string): Record<string, unknown> | undefined {
    const text = this.#looks.file(join(folder, "package.json"));
    if (!text) return undefined;
    try {
      const described: unknown = JSON.parse(text.toString("utf8").replace(/^\uFEFF/, ""));
      if (typeof described === "object" && described !== null) return described as Record<string, unknown>;
    } catch {
      // As below.
    }
    this.#isTold = false;
    return undefined;
  }

  #isNew(kind: string, what: string): boolean {
    const key = `${kind}\n${what}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

/** The folders that a path is in, the innermost first. */
function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    folders.push(folder);
    if (dirname(folder) === folder) return folders;
  }
}

function isInstalled(folder: string): boolean {
  return `${folder}${sep}`.includes(`${sep}node_modules${sep}`);
}

/** What the names of all files begin with that may be taken for a path. */
function stemOf(path: string): string {
  const name = basename(path);
  return name.slice(0, name.length - extname(name).length);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** In a tsconfig, for the folder of the one that is extended by others. */
function withoutPlace(path: string): string {
  return path.replace(/^\$\{configDir\}[/\\]?/, "./");
}

function jsonFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !isInstalled(path.slice(folder.length)));
}
