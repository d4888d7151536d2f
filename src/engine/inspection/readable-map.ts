import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CodePackage } from "../../functions/package.ts";

/** Most bytes of source files that go along with a map: the map is a part of the script, and so of the guest's heap. */
const CONTENT_LIMIT_BYTES = 8 * 1024 * 1024;

const IN_PACKAGE = /(?:^|\/)node_modules\//;

interface SourceMap {
  readonly sources: readonly string[];
}

/**
 * The source map of a bundle as debuggers need it: with the files' own addresses, by which editors know them, and their
 * contents, which Chrome DevTools doesn't read from disk. A package's own files come second when there is too much.
 */
export async function readableMap(code: CodePackage): Promise<string | undefined> {
  const { sourceMap, sourceRoot } = code;
  if (sourceMap === undefined || sourceRoot === undefined) return undefined;
  const map = JSON.parse(sourceMap) as SourceMap;
  const paths = map.sources.map((source) => resolve(sourceRoot, source));
  const contents = await readFiles(paths);
  const sources = map.sources.map((source, index) =>
    contents.has(paths[index] ?? "") ? pathToFileURL(paths[index] ?? "").href : source,
  );
  const sourcesContent = keepMost(paths, contents);
  return JSON.stringify({ ...map, sources, sourcesContent });
}

async function readFiles(paths: readonly string[]): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const path of paths) {
    // What esbuild made up has no file.
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) contents.set(path, text);
  }
  return contents;
}

function keepMost(paths: readonly string[], contents: ReadonlyMap<string, string>): (string | null)[] {
  const kept = new Set<string>();
  let left = CONTENT_LIMIT_BYTES;
  for (const isInPackage of [false, true]) {
    for (const path of paths) {
      const size = Buffer.byteLength(contents.get(path) ?? "");
      if (IN_PACKAGE.test(path.replaceAll("\\", "/")) !== isInPackage || size > left) continue;
      left -= size;
      kept.add(path);
    }
  }
  return paths.map((path) => (kept.has(path) ? (contents.get(path) ?? null) : null));
}
