/** What Piscina's threads run: the handler from the same source, on JSON text, with no isolation at all. */
import { HANDLER_MODULE } from "./handler.ts";

interface HandlerModule {
  readonly handler: (event: unknown) => Promise<unknown>;
}

const url = `data:text/javascript,${encodeURIComponent(HANDLER_MODULE)}`;
const { handler } = (await import(url)) as HandlerModule;

export default async function run(text: string): Promise<string> {
  return JSON.stringify(await handler(JSON.parse(text)));
}
