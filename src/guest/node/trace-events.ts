/** `node:trace_events`. */
import { refuse } from "./shared/refuse.ts";

export function create(): object {
  return {
    createTracing: refuse(
      "trace_events",
      "createTracing",
      "the engine's process isn't traced from within.",
      "ERR_TRACE_EVENTS_UNAVAILABLE",
    ),
    getEnabledCategories: () => undefined,
  };
}
