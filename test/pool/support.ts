import { vi } from "vitest";
import { Deadlines } from "../../src/base/deadlines.ts";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { IdleList, type IdleLimits } from "../../src/pool/idle-list.ts";
import type { PoolListener, PoolParts } from "../../src/pool/parts.ts";
import { Pool } from "../../src/pool/pool.ts";
import type { SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { serveNothing } from "../sandbox/no-calls.ts";
import { fakeSandbox, makeVersion } from "../sandbox/fake-cell.ts";

export const KEEP_ALIVE_MS = 60_000;

/** A pool over cells by hand. */
export function setUpPool(
  parts: Partial<PoolParts> = {},
  limits: Partial<IdleLimits> = {},
  options: Partial<SandboxOptions> = {},
) {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  const idle = new IdleList(clock, { keepAliveMs: KEEP_ALIVE_MS, memoryBudgetBytes: Infinity, ...limits });
  const { sandbox, cells } = fakeSandbox(clock, options);
  const listener = {
    started: vi.fn<PoolListener["started"]>(),
    ended: vi.fn<PoolListener["ended"]>(),
    initFailed: vi.fn<PoolListener["initFailed"]>(),
    log: vi.fn<PoolListener["log"]>(),
    tookCell: vi.fn<PoolListener["tookCell"]>(),
  };
  let streams = 0;
  const pool = new Pool({
    sandbox,
    clock,
    deadlines,
    idle,
    version: makeVersion(128, parts.environmentConcurrency),
    environmentConcurrency: 1,
    limit: 10,
    provisioned: 0,
    initTimeoutMs: 1_000,
    timeoutMs: 500,
    responseLimitBytes: 1_000,
    streamLimitBytes: 1_048_576,
    shutdownMs: 500,
    debugHost: () => undefined,
    serveCalls: serveNothing,
    newLogStream: () => `stream-${++streams}`,
    listener,
    ...parts,
  });
  return { pool, clock, deadlines, idle, sandbox, cells, listener };
}
