import { Engine } from "isolet";
import type { EngineOptions } from "isolet";
import { HANDLER_MODULE } from "./handler.ts";
import type { EchoSubject } from "./subject.ts";

export const ISOLET = "isolet";

/** What is measured: the engine as its users have it, with its default options unless others are given. */
export async function openIsolet(options: EngineOptions = {}): Promise<EchoSubject> {
  const engine = new Engine(options);
  await engine.deploy("echo", { code: { source: HANDLER_MODULE } });
  return {
    name: ISOLET,
    invoke: async (event) => payloadOf(await engine.invoke("echo", event)),
    close: () => engine.close(),
  };
}

type Result = Awaited<ReturnType<typeof Engine.prototype.invoke<unknown>>>;

/** The payload; throws when the function failed, since a failure's speed says nothing. */
export function payloadOf(result: Result): unknown {
  if (result.status === "succeeded") return result.payload;
  throw new Error(`isolet: ${JSON.stringify(result)}`);
}
