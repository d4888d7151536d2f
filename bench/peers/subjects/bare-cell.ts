import { BARE_CELL, openBareCell } from "../../baselines/bare-cell.ts";
import type { Peer } from "../peer.ts";

/** What a target is about and nobody would use: the least that could stand between a caller and an isolate. */
export const BARE_CELL_PEER: string = BARE_CELL;

export async function openBareCellPeer(): Promise<Peer> {
  const cell = await openBareCell();
  return {
    name: BARE_CELL_PEER,
    invoke: (_handler, event) => cell.invoke(event),
    refuses: ({ handler }) => (handler === "echo" ? undefined : "is a baseline for the echo only"),
    close: () => cell.close(),
  };
}
