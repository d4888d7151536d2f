import ivm from "isolated-vm";
import { HANDLER_SCRIPT, MEMORY_MB, TIMEOUT_MS } from "./handler.ts";
import type { EchoSubject } from "./subject.ts";

export const RAW_APPLY = "isolated-vm apply";

/** isolated-vm as most of its users have it: an isolate in the host's own thread, entered by a promise `apply`. */
export async function openRawApply(): Promise<EchoSubject> {
  const isolate = new ivm.Isolate({ memoryLimit: MEMORY_MB });
  const context = await isolate.createContext();
  const script = await isolate.compileScript(HANDLER_SCRIPT);
  const run = (await script.run(context, { reference: true })) as unknown as ivm.Reference<
    (text: string) => Promise<string>
  >;
  const options = { timeout: TIMEOUT_MS, result: { promise: true } } as const;
  return {
    name: RAW_APPLY,
    invoke: async (event) => {
      const text = (await run.apply(undefined, [JSON.stringify(event)], options)) as string;
      return JSON.parse(text) as unknown;
    },
    close: async () => isolate.dispose(),
  };
}
