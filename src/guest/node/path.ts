/** `node:path`, by unenv's port, which follows Node's own. */
import * as path from "unenv/node/path";

export function create(): object {
  return { ...path, default: undefined };
}
