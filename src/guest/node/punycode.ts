/** `node:punycode`, which is the package of that name. */
import punycode from "unenv/node/punycode";

export function create(): object {
  return punycode as object;
}
