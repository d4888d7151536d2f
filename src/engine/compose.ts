import { BYTES_PER_MB } from "../base/sizes.ts";
import { Deadlines } from "../base/deadlines.ts";
import type { SafeEmitter } from "../base/events.ts";
import { Bindings } from "../bridge/bindings.ts";
import type { InvokeForGuest } from "../bridge/function-calls.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import { LogWriter } from "../logging/log-writer.ts";
import { UsageLedger } from "../metering/usage.ts";
import { resolveOptions } from "../options.ts";
import type { EngineOptions, ResolvedOptions } from "../options.ts";
import { IdleList } from "../pool/idle-list.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { Deployments } from "./deployments.ts";
import { engineEvents } from "./events.ts";
import type { EngineEvents } from "./events.ts";
import { Inspections } from "./inspection/inspections.ts";
import { Runner } from "./runner.ts";
import { Sandboxes } from "./sandboxes.ts";
import { schedulerFor } from "./scheduling.ts";

/** What an engine consists of. */
export interface EngineParts {
  readonly options: ResolvedOptions;
  readonly events: SafeEmitter<EngineEvents>;
  readonly registry: FunctionRegistry;
  readonly sandboxes: Sandboxes;
  readonly scheduler: Scheduler;
  readonly idle: IdleList;
  readonly ledger: UsageLedger;
  readonly deployments: Deployments;
  readonly inspections: Inspections;
  readonly runner: Runner;
  readonly bindings: Bindings;
}

/** Makes the parts of an engine and joins them. Throws `InvalidOptionError` for an option outside its range. */
export function composeEngine(given: EngineOptions): EngineParts {
  const options = resolveOptions(given);
  const { clock, region, accountId, maxVersions, keepAliveMs, memoryBudgetMb, logFormat } = options;
  const events = engineEvents();
  const parts = {
    options,
    events,
    registry: new FunctionRegistry({ region, accountId, clock, maxVersions }),
    sandboxes: new Sandboxes(options, (error) => events.emit("error", error)),
    scheduler: schedulerFor(options, (functionName, error) =>
      events.emit("throttle", { functionName, error }),
    ),
    deadlines: new Deadlines(clock),
    idle: new IdleList(clock, { keepAliveMs, memoryBudgetBytes: memoryBudgetMb * BYTES_PER_MB }),
    ledger: new UsageLedger(),
    logs: new LogWriter(
      logFormat,
      () => events.has("log"),
      (record) => events.emit("log", record),
    ),
    bindings: new Bindings(options.bindings),
  };
  // Functions can invoke each other when all is there.
  const invoke: InvokeForGuest = (name, given, depth) => runner.invokeText(name, given, depth);
  const deployments = new Deployments({ ...parts, invoke });
  const { live: versions } = deployments;
  const inspections = new Inspections({ registry: parts.registry, versions });
  const runner = new Runner({ ...parts, versions });
  return { ...parts, deployments, inspections, runner };
}
