/** `npm start`: five functions, several hundred events, and a table of what they took and would have cost. */
import { runDemo } from "./demo.ts";
import { exercises } from "./workload.ts";

process.exitCode = (await runDemo(exercises, process.stdout)) ? 0 : 1;
