import ivm from "isolated-vm";
import { MEMORY_MB, TIMEOUT_MS } from "../../baselines/handler.ts";
import { HANDLERS_SCRIPT } from "../handlers.ts";
import type { Peer } from "../peer.ts";

export const RAW_ISOLATE = "isolated-vm apply";

/** One isolate with the handlers, entered by a promise `apply` as most users of isolated-vm do it. */
export interface RawIsolate {
  invoke(handler: string, event: object): Promise<unknown>;
  dispose(): void;
}

export async function openRawIsolate(): Promise<RawIsolate> {
  const isolate = new ivm.Isolate({ memoryLimit: MEMORY_MB });
  const context = await isolate.createContext();
  const script = await isolate.compileScript(HANDLERS_SCRIPT);
  const run = (await script.run(context, { reference: true })) as unknown as ivm.Reference<
    (name: string, text: string) => Promise<string>
  >;
  const options = { timeout: TIMEOUT_MS, result: { promise: true } } as const;
  return {
    invoke: async (handler, event) => {
      const text = (await run.apply(undefined, [handler, JSON.stringify(event)], options)) as string;
      return JSON.parse(text) as unknown;
    },
    dispose: () => isolate.dispose(),
  };
}

export async function openRawIsolatePeer(): Promise<Peer> {
  const isolate = await openRawIsolate();
  return {
    name: RAW_ISOLATE,
    invoke: (handler, event) => isolate.invoke(handler, event),
    refuses: ({ handler }) => (handler === "wait" ? "an isolate of isolated-vm has no timers" : undefined),
    close: async () => isolate.dispose(),
  };
}
