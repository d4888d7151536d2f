import type { Case } from "./cases.ts";
import { loadHandlers } from "./handlers.ts";
import type { HandlerName } from "./handlers.ts";

/** Whoever can run the handlers. */
export interface Peer {
  readonly name: string;
  /** Sends the event as JSON text, where there is something to send to, and resolves with what came back, parsed. */
  invoke(handler: HandlerName, event: object): Promise<unknown>;
  /** Why it is not measured with this case and so many callers; undefined when it is. */
  refuses?(what: Case, callers: number): string | undefined;
  close(): Promise<void>;
}

export type OpenPeer = () => Promise<Peer>;

/** Opens all, runs `use` with them and closes them, whatever happens. */
export async function withPeers<Result>(
  open: readonly OpenPeer[],
  use: (peers: readonly Peer[]) => Promise<Result>,
): Promise<Result> {
  const peers: Peer[] = [];
  try {
    for (const one of open) peers.push(await one());
    return await use(peers);
  } finally {
    await Promise.all(peers.map((peer) => peer.close()));
  }
}

/** Throws unless the peer answers each case as the plain handlers do: who does something else can't be compared. */
export async function checkPeer(peer: Peer, cases: readonly Case[]): Promise<void> {
  const plain = await loadHandlers();
  for (const what of cases) {
    if (peer.refuses?.(what, 1) !== undefined) continue;
    const event = what.event(7);
    const expected = JSON.stringify(await plain[what.handler](event));
    const answer = JSON.stringify(await peer.invoke(what.handler, event));
    if (answer === expected) continue;
    throw new Error(
      `${peer.name}, ${what.name}: ${answer.slice(0, 200)} instead of ${expected.slice(0, 200)}`,
    );
  }
}
