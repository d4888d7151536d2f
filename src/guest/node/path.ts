/** `node:path`, by a port of Node's own, without `process` of its own. The Windows half is loaded when it is used. */
import * as posix from "path-unified/posix";
import { withNodeErrors } from "./path/errors.ts";
import { matchesGlob } from "./path/glob.ts";

declare const require: (name: string) => object;

export function create(): object {
  const functions = withNodeErrors(posix);
  const path = { ...functions, _makeLong: functions["toNamespacedPath"], matchesGlob };
  return Object.defineProperties(path, {
    posix: { value: path, enumerable: true, writable: true, configurable: true },
    win32: { get: () => require("node:path/win32"), enumerable: true, configurable: true },
  });
}
