/** A thread that runs one handler once and ends. */
import { parentPort, workerData } from "node:worker_threads";
import { loadHandlers } from "../handlers.ts";
import type { HandlerName } from "../handlers.ts";

const { handler, text } = workerData as { handler: HandlerName; text: string };
const handlers = await loadHandlers();
parentPort?.postMessage(JSON.stringify(await handlers[handler](JSON.parse(text))));
