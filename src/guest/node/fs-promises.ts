/** `node:fs/promises`: made with `node:fs`. */
import fs from "node:fs";

export function create(): object {
  return fs.promises;
}
