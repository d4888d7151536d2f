import type { GuestAssets } from "./assets.ts";
import { GenericEnvironment } from "./generic-environment.ts";
import { KnownVersion } from "./known-version.ts";
import { EnvironmentCode } from "./modules/environment-code.ts";
import { loadModule } from "./user-code.ts";

/** Limit of each step, only there so that no run is without one. */
const TIMEOUT_MS = 5_000;

const MEMORY_MB = 16;

const FACTS = {
  functionName: "rehearsal",
  functionVersion: "1",
  functionArn: "arn",
  memoryMb: MEMORY_MB,
  logGroupName: "rehearsal",
  handler: "index.handler",
  runtime: "nodejs24.x",
  responseLimitBytes: 1_024,
  errorBytes: 1_024,
  permissions: {},
  logFormat: "text",
  environment: {},
  filename: "/var/task/index.mjs",
};

/**
 * Runs a function once in an environment that is thrown away, and takes the runtime's code cache from there: it then
 * holds what loading and invoking a function compiles, so that no environment compiles it again (0.35 ms of each cold
 * start; the cache takes 0.02 ms more to read).
 */
export function rehearse(assets: GuestAssets): void {
  const generic = new GenericEnvironment(assets, MEMORY_MB);
  generic.own({ receive: () => undefined, answer: () => "", violate: () => undefined });
  const { configure, invoke } = generic.entries;
  const timeout = TIMEOUT_MS;
  configure.applySync(undefined, [JSON.stringify(FACTS), "stream"], { timeout });
  const source = "export const handler = async (event) => event;";
  const version = new KnownVersion({
    factsText: "",
    source,
    format: "esm",
    filename: FACTS.filename,
    memoryMb: MEMORY_MB,
    concurrency: 1,
    cpuMs: TIMEOUT_MS,
    logLines: 1,
    logBytes: 1,
    timers: 1,
    hostCalls: 1,
    errorBytes: 1_024,
    inspect: "off",
    cachedData: undefined,
    pack: undefined,
  });
  loadModule(new EnvironmentCode(generic, version), () => timeout);
  invoke.applySync(undefined, [1, "rehearsal", Date.now() + timeout, "{}", ""], { timeout });
  assets.runtime.keepCache(generic.isolate);
  generic.dispose();
}
