import type { StateTable } from "../base/state-machine.ts";

/** The life of an invocation. */
export type InvocationState = "accepted" | "queued" | "dispatched" | "started" | "completed";

/**
 * Forward only, and `completed` from anywhere: a throttle, an abort or a loss can end an invocation at any point.
 * Back from `dispatched` to `queued` goes only what is known not to have started.
 */
export const INVOCATION_STATES: StateTable<InvocationState> = {
  accepted: ["queued", "dispatched", "completed"],
  queued: ["dispatched", "completed"],
  dispatched: ["queued", "started", "completed"],
  started: ["completed"],
  completed: [],
};
