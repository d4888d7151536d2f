/** `node bench/density-process.ts isolet|bare <count>`: prints the RSS in MB that each of so many environments takes. */
import { setTimeout as sleep } from "node:timers/promises";
import { BareIsolate } from "./baselines/bare-isolate.ts";
import { HANDLER_MODULE } from "./baselines/handler.ts";

const BYTES_PER_MB = 1_048_576;

/** For allocators and collectors to come to rest. */
const SETTLE_MS = 500;
const POLL_MS = 20;

async function measureBare(count: number): Promise<number> {
  const make = (): BareIsolate => {
    const isolate = new BareIsolate(() => undefined);
    isolate.run(1, "{}");
    return isolate;
  };
  // What the first one loads is loaded for all.
  const isolates = [make()];
  const before = await restingRss();
  for (let made = 0; made < count; made++) isolates.push(make());
  const after = await restingRss();
  for (const isolate of isolates) isolate.dispose();
  return after - before;
}

async function measureIsolet(count: number): Promise<number> {
  const { Engine } = await import("isolet");
  await using engine = new Engine({
    accountConcurrency: count + 1_000,
    initTimeoutMs: 60_000,
    memoryBudgetMb: 1_048_576,
  });
  await engine.deploy("first", { code: { source: HANDLER_MODULE } });
  await engine.invoke("first", {});
  const before = await restingRss();
  await engine.deploy("many", { code: { source: HANDLER_MODULE }, provisionedConcurrency: count });
  const idle = (): number =>
    engine.stats().pools.find(({ functionName }) => functionName === "many")?.idle ?? 0;
  while (idle() < count) await sleep(POLL_MS);
  // As many at once as there are environments, so each of them gets one.
  await Promise.all(Array.from({ length: count }, () => engine.invoke("many", {})));
  const after = await restingRss();
  if (idle() !== count) throw new Error(`expected ${count} idle environments, found ${idle()}`);
  return after - before;
}

async function restingRss(): Promise<number> {
  await sleep(SETTLE_MS);
  return process.memoryUsage.rss();
}

const [kind, countText] = process.argv.slice(2);
const count = Number(countText);
const bytes = await (kind === "isolet" ? measureIsolet(count) : measureBare(count));
process.stdout.write(String(bytes / count / BYTES_PER_MB));
