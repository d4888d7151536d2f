/** `node:path/win32`. */
import * as win32 from "path-unified/win32";
import { matchesGlob } from "./path/glob.ts";

declare const require: (name: string) => object;

export function create(): object {
  const path: Record<string, unknown> = {
    ...win32,
    _makeLong: win32.toNamespacedPath,
    matchesGlob: (name: unknown, pattern: unknown) => matchesGlob(slashed(name), slashed(pattern)),
  };
  delete path["default"];
  return Object.defineProperties(path, {
    posix: { get: () => require("node:path"), enumerable: true, configurable: true },
    win32: { value: path, enumerable: true, writable: true, configurable: true },
  });
}

function slashed(text: unknown): unknown {
  return typeof text === "string" ? text.replaceAll("\\", "/") : text;
}
