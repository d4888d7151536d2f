import { calibrateLoops, casesOf } from "./cases.ts";
import { measureCold } from "./cold.ts";
import { measureLatency, measureThroughput, warmUp } from "./measure.ts";
import type { Cell, Effort } from "./measure.ts";
import { measureMemory } from "./memory.ts";
import { checkPeer, withPeers } from "./peer.ts";
import type { OpenPeer } from "./peer.ts";
import { openBareCellPeer } from "./subjects/bare-cell.ts";
import { openForkPeer } from "./subjects/fork.ts";
import { openIsoletPeer } from "./subjects/isolet.ts";
import { openPiscinaPeer } from "./subjects/piscina.ts";
import { openPlain } from "./subjects/plain.ts";
import { openQuickJsPeer } from "./subjects/quickjs.ts";
import { openRawIsolatePeer } from "./subjects/raw-isolate.ts";
import { openServerlessOfflinePeer } from "./subjects/serverless-offline.ts";
import { openWorkerPerCall } from "./subjects/worker-per-call.ts";
import { openWorkerdLoaderPeer, openWorkerdPeer } from "./subjects/workerd.ts";

/** All that was measured. */
export interface Matrix {
  /** Loops of the CPU handler, which take this machine's Node one millisecond. */
  readonly loops: number;
  readonly latency: readonly Cell[];
  readonly throughput: readonly Cell[];
  readonly cpu: readonly Cell[];
  readonly cold: readonly Cell[];
  readonly memory: readonly Cell[];
}

/** In the order of the tables. */
const ALL_PEERS: readonly OpenPeer[] = [
  () => openIsoletPeer("in-process"),
  () => openIsoletPeer("process"),
  openPlain,
  openBareCellPeer,
  openRawIsolatePeer,
  openPiscinaPeer,
  openWorkerPerCall,
  openForkPeer,
  openWorkerdPeer,
  openWorkerdLoaderPeer,
  openQuickJsPeer,
  openServerlessOfflinePeer,
];

/** A part of the run, for those who watch it. */
export type Announce = (part: string) => void;

export async function measureMatrix(effort: Effort, announce: Announce): Promise<Matrix> {
  const loops = await calibrateLoops();
  announce(`memory of ${effort.functions.join(" and ")} warm functions`);
  const memory = await measureMemory(effort);
  announce("cold starts");
  const cold = await measureCold(effort);
  const calls = await measureCalls(ALL_PEERS, loops, effort, announce);
  return { loops, memory, cold, ...calls };
}

/** Latency, throughput and CPU of the warm. */
export async function measureCalls(
  open: readonly OpenPeer[],
  loops: number,
  effort: Effort,
  announce: Announce,
): Promise<Pick<Matrix, "latency" | "throughput" | "cpu">> {
  const cases = casesOf(loops);
  return withPeers(open, async (peers) => {
    for (const peer of peers) await checkPeer(peer, cases);
    announce("warming up");
    await warmUp(peers, cases, effort);
    const latency: Cell[] = [];
    const throughput: Cell[] = [];
    const cpu: Cell[] = [];
    for (const what of cases) {
      announce(what.name);
      latency.push(await measureLatency(what, peers, effort));
      for (const callers of what.callers.filter((count) => count <= effort.mostCallers)) {
        const found = await measureThroughput(what, callers, peers, effort);
        throughput.push(found.rate);
        cpu.push(found.cpu);
      }
    }
    return { latency, throughput, cpu };
  });
}
