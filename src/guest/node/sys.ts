/** `node:sys`, an old name of `node:util`. */
declare const require: (name: string) => object;

export function create(): object {
  return require("node:util");
}
