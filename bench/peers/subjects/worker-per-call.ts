import { Worker } from "node:worker_threads";
import type { HandlerName } from "../handlers.ts";
import type { Peer } from "../peer.ts";

export const WORKER_PER_CALL = "worker_threads, one per call";

const MOST_CALLERS = 16;

const FILE = new URL("./single-call-thread.ts", import.meta.url);

/** A new thread for every call: isolation from the call before, without anything kept. */
export async function openWorkerPerCall(): Promise<Peer> {
  return {
    name: WORKER_PER_CALL,
    invoke: callInWorker,
    refuses: (_what, callers) =>
      callers > MOST_CALLERS
        ? `${callers} threads started at once do what ${MOST_CALLERS} do, for seconds`
        : undefined,
    close: async () => undefined,
  };
}

export function callInWorker(handler: HandlerName, event: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(FILE, { workerData: { handler, text: JSON.stringify(event) } });
    worker.once("message", (text: string) => resolve(JSON.parse(text)));
    worker.once("error", reject);
  });
}
