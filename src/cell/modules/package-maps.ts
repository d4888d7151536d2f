import { posix } from "node:path";
import { ServiceError } from "../services/service.ts";
import type { PackageJson } from "./package-json.ts";
import { checkPath } from "./path-limit.ts";

/** How a name is asked for, which decides on the conditions. */
export type ResolveKind = "require" | "import";

const CONDITIONS: Readonly<Record<ResolveKind, ReadonlySet<string>>> = {
  require: new Set(["node", "require", "module-sync", "node-addons", "default"]),
  import: new Set(["node", "import", "module-sync", "node-addons", "default"]),
};

/** What targets within a package must not lead through. */
const INVALID_SEGMENT = /(?:^|[\\/])(?:\.\.?|node_modules)(?:[\\/]|$)/i;

const MAX_STARS = 100;

/** What a map leads to: a path, or the name of another package or built-in. */
export type MapTarget = { readonly path: string } | { readonly specifier: string };

/** Where `exports` of a package lead for `subpath`, which is `.` or begins with `./`. @throws ServiceError */
export function exportsTarget(found: PackageJson, subpath: string, kind: ResolveKind, from: string): string {
  const map = sugarless(found);
  const target = matchOf(map, subpath, found, kind, false);
  if (target && "path" in target) return target.path;
  const file = `${found.folder}/package.json`;
  throw new ServiceError(
    "Error",
    subpath === "."
      ? `No "exports" main defined in ${file} imported from ${from}`
      : `Package subpath '${subpath}' is not defined by "exports" in ${file} imported from ${from}`,
    "ERR_PACKAGE_PATH_NOT_EXPORTED",
  );
}

/** Where `imports` of the package `scope` lead for `name`, which begins with `#`. @throws ServiceError */
export function importsTarget(
  scope: PackageJson | undefined,
  name: string,
  kind: ResolveKind,
  from: string,
): MapTarget {
  const target = scope?.imports && matchOf(scope.imports, name, scope, kind, true);
  if (target) return target;
  const where = scope ? ` in package ${scope.folder}/package.json` : "";
  throw new ServiceError(
    "TypeError",
    `Package import specifier "${name}" is not defined${where} imported from ${from}`,
    "ERR_PACKAGE_IMPORT_NOT_DEFINED",
  );
}

type TargetMap = Readonly<Record<string, unknown>>;

/** `exports` as a map of subpaths, whatever short form it has. */
function sugarless({ exports }: PackageJson): TargetMap {
  if (typeof exports !== "object" || exports === null || Array.isArray(exports)) return { ".": exports };
  return Object.keys(exports).some((key) => key.startsWith(".")) ? (exports as TargetMap) : { ".": exports };
}

function matchOf(
  map: TargetMap,
  key: string,
  found: PackageJson,
  kind: ResolveKind,
  isImports: boolean,
): MapTarget | undefined {
  const context = { found, kind, isImports, key };
  if (Object.hasOwn(map, key) && !key.includes("*") && !key.endsWith("/"))
    return targetOf(map[key], undefined, context) ?? undefined;
  const pattern = bestPattern(map, key);
  if (pattern === undefined) return undefined;
  const [head = "", tail = ""] = pattern.split("*");
  return targetOf(map[pattern], key.slice(head.length, key.length - tail.length), context) ?? undefined;
}

/** Of the patterns that fit, the one with the longest beginning, then the longest of all. */
function bestPattern(map: TargetMap, key: string): string | undefined {
  return Object.keys(map)
    .filter((pattern) => {
      const [head = "", tail, more] = pattern.split("*");
      if (tail === undefined || more !== undefined || !key.startsWith(head) || key === head) return false;
      return key.endsWith(tail) && key.length >= pattern.length;
    })
    .toSorted((a, b) => b.indexOf("*") - a.indexOf("*") || b.length - a.length)[0];
}

interface MapContext {
  readonly found: PackageJson;
  readonly kind: ResolveKind;
  readonly isImports: boolean;
  readonly key: string;
}

/** Null when it says there is nothing; undefined when no condition fits. */
function targetOf(
  target: unknown,
  star: string | undefined,
  context: MapContext,
): MapTarget | null | undefined {
  if (typeof target === "string") return textTarget(target, star, context);
  if (Array.isArray(target)) return firstTarget(target, star, context);
  if (typeof target !== "object") throw invalidTarget(target, context);
  if (target === null) return null;
  for (const [condition, nested] of Object.entries(target)) {
    if (!CONDITIONS[context.kind].has(condition)) continue;
    const found = targetOf(nested, star, context);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstTarget(
  targets: readonly unknown[],
  star: string | undefined,
  context: MapContext,
): MapTarget | null | undefined {
  let failure: Error | undefined;
  for (const target of targets) {
    try {
      const found = targetOf(target, star, context);
      if (found) return found;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      failure = error;
    }
  }
  if (failure) throw failure;
  return null;
}

function textTarget(target: string, star: string | undefined, context: MapContext): MapTarget {
  const { found, isImports } = context;
  // Each `*` becomes what may be as long as the whole.
  if (target.split("*").length > MAX_STARS) throw invalidTarget(target.slice(0, 100), context);
  const filled = checkPath(star === undefined ? target : target.replaceAll("*", star));
  if (!target.startsWith("./")) {
    if (!isImports || target.startsWith("../") || target.startsWith("/"))
      throw invalidTarget(target, context);
    return { specifier: filled };
  }
  if (INVALID_SEGMENT.test(target.slice(2)) || (star !== undefined && INVALID_SEGMENT.test(star)))
    throw invalidTarget(filled, context);
  return { path: posix.join(found.folder, filled) };
}

function invalidTarget(target: unknown, { found, isImports, key }: MapContext): ServiceError {
  return new ServiceError(
    "Error",
    `Invalid "${isImports ? "imports" : "exports"}" target ${JSON.stringify(target)} defined for '${key}' in the package config ${found.folder}/package.json`,
    "ERR_INVALID_PACKAGE_TARGET",
  );
}
