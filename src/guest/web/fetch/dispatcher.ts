/** undici's way to the network: one call to the host for each request. */
import { Controller } from "./controller.ts";
import type { Handler, Request } from "./controller.ts";
import { runtime } from "./ports.ts";

/** What undici's fetch asks to be sent. */
interface FetchRequest extends Omit<Request, "headers"> {
  readonly headers: Readonly<Record<string, string>>;
}

const dispatcher = {
  dispatch(request: FetchRequest, handler: Handler): boolean {
    new Controller(handler, runtime.calls).send({ ...request, headers: Object.entries(request.headers) });
    return true;
  },
};

export function getGlobalDispatcher(): typeof dispatcher {
  return dispatcher;
}
