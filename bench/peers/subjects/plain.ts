import { loadHandlers } from "../handlers.ts";
import type { Peer } from "../peer.ts";

export const PLAIN = "plain call";

/** The handler called as a function: no boundary, no JSON. What nothing can be faster than. */
export async function openPlain(): Promise<Peer> {
  const handlers = await loadHandlers();
  return { name: PLAIN, invoke: (handler, event) => handlers[handler](event), close: async () => undefined };
}
