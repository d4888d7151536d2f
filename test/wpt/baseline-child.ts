/** Runs programs of tests in plain Node, each in a worker of its own; in a process of its own, since tests may end it. */
import { Worker } from "node:worker_threads";
import { outcomeOf, type Outcome } from "./outcome.ts";

const SCRIPT = `
const { parentPort, workerData } = require("node:worker_threads");
globalThis.__wptResult = (text) => parentPort.postMessage(["result", text]);
globalThis.__wptDone = (text) => { clearTimeout(alive); parentPort.postMessage(["done", text]); };
// AbortSignal.timeout does not hold a process open.
const alive = setTimeout(() => {}, 10_000);
for (const name of ["exports", "module", "require"]) delete globalThis[name];
(0, eval)(workerData);
`;

export interface Order {
  readonly id: number;
  readonly program: string;
  readonly timeoutMs: number;
}

async function run({ program, timeoutMs }: Order): Promise<Outcome> {
  const worker = new Worker(SCRIPT, { eval: true, workerData: program, stdout: true, stderr: true });
  const results: string[] = [];
  let fault: string | undefined;
  let done: string | undefined;
  const timer = setTimeout(() => {
    fault ??= `It took more than ${timeoutMs} ms.`;
    void worker.terminate();
  }, timeoutMs);
  worker.on("message", ([kind, text]: [string, string]) => {
    if (kind === "result") results.push(text);
    else {
      done = text;
      void worker.terminate();
    }
  });
  worker.on("error", (error) => {
    if (done === undefined) fault ??= String(error);
  });
  await new Promise((resolve) => worker.once("exit", resolve));
  clearTimeout(timer);
  return outcomeOf(results, done, fault);
}

process.on("message", (order: Order) => {
  void run(order).then((outcome) => process.send?.({ id: order.id, outcome }));
});
