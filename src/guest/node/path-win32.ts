/** `node:path/win32`. */
import * as win32 from "path-unified/win32";
import { withNodeErrors } from "./path/errors.ts";
import { matchesGlob } from "./path/glob.ts";

declare const require: (name: string) => object;

export function create(): object {
  const functions = withNodeErrors(win32);
  const path = {
    ...functions,
    _makeLong: functions["toNamespacedPath"],
    matchesGlob: (name: unknown, pattern: unknown) => matchesGlob(slashed(name), slashed(pattern)),
  };
  return Object.defineProperties(path, {
    posix: { get: () => require("node:path"), enumerable: true, configurable: true },
    win32: { value: path, enumerable: true, writable: true, configurable: true },
  });
}

function slashed(text: unknown): unknown {
  return typeof text === "string" ? text.replaceAll("\\", "/") : text;
}
