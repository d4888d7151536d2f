/** `node:path`, by a port of Node's own, without `process` of its own. The Windows half is loaded when it is used. */
import * as posix from "path-unified/posix";
import { matchesGlob } from "./path/glob.ts";

declare const require: (name: string) => object;

export function create(): object {
  const path: Record<string, unknown> = { ...posix, _makeLong: posix.toNamespacedPath, matchesGlob };
  delete path["default"];
  return Object.defineProperties(path, {
    posix: { value: path, enumerable: true, writable: true, configurable: true },
    win32: { get: () => require("node:path/win32"), enumerable: true, configurable: true },
  });
}
