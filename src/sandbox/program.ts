import { existsSync } from "node:fs";

/**
 * Where the built cell program lies: beside this file's bundle in an installed package, in `dist` when the sources are
 * run as they are.
 */
export function cellProgram(): URL {
  return (program ??= find());
}

let program: URL | undefined;

const CANDIDATES = ["./cell/main.js", "../cell/main.js", "../../dist/cell/main.js"];

function find(): URL {
  for (const path of CANDIDATES) {
    const url = new URL(path, import.meta.url);
    if (existsSync(url)) return url;
  }
  throw new Error("isolet: dist/cell/main.js is missing; run `npm run build`");
}
