import { Piscina } from "piscina";
import type { Peer } from "../peer.ts";

export const PISCINA = "Piscina";

const THREADS = 2;

/** A pool of worker threads, which isolates nothing. Each runs one task at a time, as is its default. */
export async function openPiscinaPeer(): Promise<Peer> {
  const pool = new Piscina({
    filename: new URL("./handlers-thread.ts", import.meta.url).href,
    minThreads: THREADS,
    maxThreads: THREADS,
  });
  return {
    name: PISCINA,
    invoke: async (handler, event) =>
      JSON.parse((await pool.run({ handler, text: JSON.stringify(event) })) as string) as unknown,
    close: () => pool.destroy(),
  };
}
