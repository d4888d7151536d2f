/** `node:path/posix`, which is `node:path` itself. */
declare const require: (name: string) => object;

export function create(): object {
  return require("node:path");
}
