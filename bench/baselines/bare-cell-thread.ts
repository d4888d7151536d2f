/** The thread of the bare cell: runs a batch of calls in one isolate and answers them in one message. */
import { parentPort } from "node:worker_threads";
import { BareIsolate } from "./bare-isolate.ts";

if (!parentPort) throw new Error("runs in a worker thread only");
const port = parentPort;

let answers: (number | string)[] = [];
const isolate = new BareIsolate((number, text) => void answers.push(number, text));

port.on("message", (batch: readonly (number | string)[]) => {
  for (let index = 0; index < batch.length; index += 2) {
    isolate.run(batch[index] as number, batch[index + 1] as string);
  }
  const sent = answers;
  answers = [];
  port.postMessage(sent);
});
