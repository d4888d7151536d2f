import { Piscina } from "piscina";
import type { EchoSubject } from "./subject.ts";

export const PISCINA = "Piscina";

const THREADS = 2;

/** A pool of worker threads, which isolates nothing: what isolation is compared with. */
export async function openPiscina(): Promise<EchoSubject> {
  const pool = new Piscina({
    filename: new URL("./piscina-thread.ts", import.meta.url).href,
    minThreads: THREADS,
    maxThreads: THREADS,
  });
  return {
    name: PISCINA,
    invoke: async (event) => JSON.parse((await pool.run(JSON.stringify(event))) as string) as unknown,
    close: () => pool.destroy(),
  };
}
