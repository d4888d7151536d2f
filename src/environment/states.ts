import type { StateTable } from "../base/state-machine.ts";

/** The life of an execution environment. */
export type EnvironmentState =
  "created" | "initializing" | "ready" | "busy" | "draining" | "condemned" | "disposed";

/** A condemned environment runs nothing more, ever; a draining one finishes what it runs. */
export const ENVIRONMENT_STATES: StateTable<EnvironmentState> = {
  created: ["initializing", "condemned"],
  initializing: ["ready", "condemned"],
  ready: ["busy", "draining", "condemned"],
  busy: ["ready", "draining", "condemned"],
  draining: ["disposed", "condemned"],
  condemned: ["disposed"],
  disposed: [],
};
