/** `node:sqlite`. */
import { refuse, refusedClass } from "./shared/refuse.ts";

const WHY = "it is native code of Node's own; use an npm package such as sql.js with `permissions.wasm`.";

export function create(): object {
  return {
    DatabaseSync: refusedClass("sqlite", "DatabaseSync", WHY),
    StatementSync: refusedClass("sqlite", "StatementSync", WHY),
    Session: refusedClass("sqlite", "Session", WHY),
    backup: refuse("sqlite", "backup", WHY),
    constants: {},
  };
}
