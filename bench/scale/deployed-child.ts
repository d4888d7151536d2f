/**
 * `node bench/scale/deployed-child.ts <deployed> <called>`: an engine with so many functions, of which so many are called.
 * Answers each message with the figures of one window.
 */
import { Engine } from "isolet";
import { HANDLER_MODULE } from "../baselines/handler.ts";
import { payloadOf } from "../baselines/isolet.ts";
import { keepBusy } from "../lib/load.ts";
import type { Window, WindowFigure } from "./deployed-cost.ts";

const WARM_UP_MS = 500;

const [deployed = 0, called = 0] = process.argv.slice(2).map(Number);
const engine = new Engine({ memoryBudgetMb: 1_048_576 });
for (let index = 0; index < deployed; index++) {
  await engine.deploy(`function-${index}`, { code: { source: HANDLER_MODULE } });
}
const names = Array.from(
  { length: called },
  (_, index) => `function-${Math.floor((index * deployed) / called)}`,
);
const call = async (id: number): Promise<unknown> =>
  payloadOf(await engine.invoke(names[id % called] ?? "", { id, name: "Ada" }));
for (let id = 0; id < called; id++) await call(id);
await keepBusy(16, WARM_UP_MS, call);

process.on("disconnect", () => process.exit());
process.on("message", ({ callers, durationMs }: Window) => {
  void measure(callers, durationMs).then((figure) => process.send?.(figure));
});
process.send?.("ready");

async function measure(callers: number, durationMs: number): Promise<WindowFigure> {
  const before = process.cpuUsage();
  let calls = 0;
  const { callsPerSecond } = await keepBusy(callers, durationMs, async (id) => {
    calls++;
    await call(id);
  });
  const { user, system } = process.cpuUsage(before);
  return { cpuUsPerCall: (user + system) / calls, usPerCall: (1_000_000 * callers) / callsPerSecond };
}
