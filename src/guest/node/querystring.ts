/** `node:querystring`, by unenv's port of Node's own. */
import querystring from "unenv/node/querystring";

export function create(): object {
  return { ...querystring };
}
