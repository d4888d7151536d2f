/** `node:perf_hooks`, as far as undici's fetch uses it. */
import { runtime } from "./ports.ts";

export const performance: { now(): number; markResourceTiming(): void } = {
  now: () => runtime.clock.now(),
  markResourceTiming: () => undefined,
};
