/** What Piscina's threads run: the handlers from the same source, on JSON text, with no isolation at all. */
import { loadHandlers } from "../handlers.ts";
import type { HandlerName } from "../handlers.ts";

const handlers = await loadHandlers();

export default async function run({
  handler,
  text,
}: {
  handler: HandlerName;
  text: string;
}): Promise<string> {
  return JSON.stringify(await handlers[handler](JSON.parse(text)));
}
