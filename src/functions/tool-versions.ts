import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

let isolet: string | undefined;
let esbuild: string | undefined;

/** isolet's own version. */
export function isoletVersion(): string {
  return (isolet ??= readVersion());
}

/** The version of esbuild, which isn't loaded for it. */
export function esbuildVersion(): string {
  const read = (): unknown => createRequire(import.meta.url)("esbuild/package.json");
  return (esbuild ??= (read() as { readonly version: string }).version);
}

/** Beside this file's bundle in an installed package, above the sources where they are run as they are. */
function readVersion(): string {
  for (const path of ["../package.json", "../../package.json"]) {
    const url = new URL(path, import.meta.url);
    if (!existsSync(url)) continue;
    const found = JSON.parse(readFileSync(url, "utf8")) as {
      readonly name?: string;
      readonly version?: string;
    };
    if (found.name === "isolet") return found.version ?? "";
  }
  return "";
}
