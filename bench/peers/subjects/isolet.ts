import { Engine } from "isolet";
import { payloadOf } from "../../baselines/isolet.ts";
import { HANDLER_NAMES, HANDLERS_MODULE } from "../handlers.ts";
import type { Peer } from "../peer.ts";

export type Placement = "in-process" | "process";

export const ISOLET_IN_PROCESS = "isolet in-process";
export const ISOLET_PROCESS = "isolet process";

/** The engine as its users have it, with its default options but for where cells are placed. */
export async function openIsoletPeer(isolation: Placement): Promise<Peer> {
  const engine = new Engine({ isolation });
  for (const name of HANDLER_NAMES) {
    await engine.deploy(name, { code: { source: HANDLERS_MODULE }, handler: `index.${name}` });
  }
  return {
    name: isolation === "process" ? ISOLET_PROCESS : ISOLET_IN_PROCESS,
    invoke: async (handler, event) => payloadOf(await engine.invoke(handler, event)),
    close: () => engine.close(),
  };
}
