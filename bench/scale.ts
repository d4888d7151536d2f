import type { BenchReport, Scale } from "./lib/report.ts";
import { azureTrace } from "./scale/azure-trace.ts";
import { deployedCost } from "./scale/deployed-cost.ts";
import { zipfLoad } from "./scale/zipf-load.ts";

/** Thousands of functions: under a memory budget, against a few, and by the trace of a real platform. */
export async function scale(amount: Scale): Promise<BenchReport> {
  const load = await zipfLoad(amount);
  const cost = await deployedCost(amount);
  const trace = await azureTrace(amount);
  return {
    name: "scale",
    question:
      "how an engine with thousands of functions behaves, and what the trace of a real platform takes",
    rounds: amount.rounds,
    rows: [...load.rows, ...cost.rows, ...trace.rows],
    targets: [...load.targets, ...cost.targets],
    notMeasured: [
      ...(trace.skipped === undefined ? [] : [trace.skipped]),
      "functions with much code or state of their own",
      "what the trace's functions computed: they wait for as long as they ran",
      "deploying while the load runs",
    ],
  };
}
