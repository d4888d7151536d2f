/** A child process that runs a handler for each message. It ends when its parent does. */
import { loadHandlers } from "../handlers.ts";
import type { HandlerName } from "../handlers.ts";

const handlers = await loadHandlers();

interface Call {
  readonly number: number;
  readonly handler: HandlerName;
  readonly event: object;
}

process.on("message", ({ number, handler, event }: Call) => {
  void handlers[handler](event).then((answer) => process.send?.({ number, answer }));
});
process.on("disconnect", () => process.exit());
