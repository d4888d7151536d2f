/** `node:dns/promises`, by the host's `net.dns`; needs `permissions.net` for the names it asks for. */
import type { Parts } from "../runtime/globals/parts.ts";
import { createPromises } from "./dns/promises.ts";
import { createQueries } from "./dns/queries.ts";

export function create(parts: Parts): object {
  return createPromises(createQueries(parts));
}
