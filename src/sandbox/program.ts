import { existsSync, lstatSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Entries of the cell program, by the file each is built into. */
export type CellEntry = "main.js" | "process.js";

/**
 * Where a built entry of the cell program lies: beside this file's bundle in an installed package, in `dist` when the
 * sources are run as they are.
 */
export function cellProgram(entry: CellEntry = "main.js"): URL {
  return new URL(entry, (folder ??= find()));
}

let folder: URL | undefined;

const CANDIDATES = ["./cell/", "../cell/", "../../dist/cell/"];

function find(): URL {
  for (const path of CANDIDATES) {
    const url = new URL(path, import.meta.url);
    if (existsSync(new URL("main.js", url))) return url;
  }
  throw new Error("isolet: dist/cell/main.js is missing; run `npm run build`");
}

/** Where the addon's loader looks to tell one C library from the other. */
const LIBC_MARK = "/etc/alpine-release";

/** What runs in a process, and what it has to read to load. */
export interface ProcessProgram {
  readonly path: string;
  readonly reads: readonly string[];
}

/** The cell program for a process. */
export function processProgram(): ProcessProgram {
  return { path: fileURLToPath(cellProgram("process.js")), reads: cellFiles() };
}

/** What a cell in a process has to read to load: its own files, the native addon's, and those that describe packages. */
function cellFiles(): readonly string[] {
  const cell = realpathSync(fileURLToPath(cellProgram("process.js")));
  const built = resolve(dirname(cell), "..");
  const described = join(built, "..", "package.json");
  const addon = packageFolders("isolated-vm", cell);
  const loader = packageFolders("node-gyp-build", join(addon.real, "package.json"));
  const folders = [built, addon.found, addon.real, loader.found, loader.real];
  const links = [addon.found, loader.found].flatMap(linksTo);
  return withoutCovered([...folders.map((folder) => join(folder, "*")), ...links, described, LIBC_MARK]);
}

/** Node (24 and 26) loses a pattern that comes after a narrower one, so the widest come first and cover the rest. */
function withoutCovered(patterns: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const pattern of patterns.toSorted((a, b) => a.length - b.length)) {
    const isCovered = kept.some((wide) => wide.endsWith("*") && pattern.startsWith(wide.slice(0, -1)));
    if (!isCovered) kept.push(pattern);
  }
  return kept;
}

/** What of a path are links, and where they lead: resolving it reads both. */
function linksTo(path: string): readonly string[] {
  const parent = dirname(path);
  if (parent === path) return [];
  if (!lstatSync(path).isSymbolicLink()) return linksTo(parent);
  // The plain path of a folder would stand for what is in it, without the folder itself.
  return [`${path}*`, `${realpathSync(path)}*`, ...linksTo(parent)];
}

/** Where a package is found from a file, and where it really is: package managers link the one to the other. */
function packageFolders(name: string, from: string): { readonly found: string; readonly real: string } {
  const { resolve: find } = createRequire(from);
  const real = dirname(realpathSync(find(`${name}/package.json`)));
  const found = find.paths(name)?.find((folder) => existsSync(join(folder, name)));
  return { found: found === undefined ? real : join(found, name), real };
}
