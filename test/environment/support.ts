import { vi } from "vitest";
import type { Completion, Invocation } from "../../src/invocation/invocation.ts";
import { makeInvocation } from "../invocation/support.ts";
import { Deadlines } from "../../src/base/deadlines.ts";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { Environment } from "../../src/environment/environment.ts";
import type { EnvironmentOwner, EnvironmentParts } from "../../src/environment/environment.ts";
import { serveNothing } from "../sandbox/no-calls.ts";
import { fakeSandbox, makeVersion, type FakeCell } from "../sandbox/fake-cell.ts";

/** One environment in a cell by hand, and an owner that only listens. */
export function setUpEnvironment(parts: Partial<EnvironmentParts> = {}) {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  const { sandbox, cells } = fakeSandbox(clock);
  const owner = {
    initialized: vi.fn<EnvironmentOwner["initialized"]>(),
    initFailed: vi.fn<EnvironmentOwner["initFailed"]>(),
    released: vi.fn<EnvironmentOwner["released"]>(),
    handedBack: vi.fn<EnvironmentOwner["handedBack"]>(),
    gone: vi.fn<EnvironmentOwner["gone"]>(),
    heldUp: vi.fn<EnvironmentOwner["heldUp"]>(),
    freed: vi.fn<EnvironmentOwner["freed"]>(),
    log: vi.fn<EnvironmentOwner["log"]>(),
    tookCell: vi.fn<EnvironmentOwner["tookCell"]>(),
  };
  const environment = new Environment({
    sandbox,
    clock,
    deadlines,
    owner,
    version: makeVersion(128, parts.concurrency),
    isHeavy: false,
    concurrency: 1,
    initTimeoutMs: 1_000,
    responseLimitBytes: 1_000,
    streamLimitBytes: 1_048_576,
    shutdownMs: 500,
    debugHost: () => undefined,
    logStreamName: "stream",
    serveCalls: serveNothing,
    ...parts,
  });
  const cell = cells[0] as FakeCell;
  return { environment, owner, cell, clock, deadlines };
}

/** The environment's id in its cell: it is the first there. */
export const ID = 1;

export function setUpReady(parts: Parameters<typeof setUpEnvironment>[0] = {}) {
  const set = setUpEnvironment(parts);
  set.cell.initialized(ID, 7, 2_000);
  return set;
}

export function give(
  environment: Environment,
  request: Parameters<typeof makeInvocation>[0] = {},
): Invocation {
  const invocation = makeInvocation(request);
  environment.reserve();
  environment.run(invocation);
  return invocation;
}

/** How it ended, or undefined while it has not. */
export async function endOf(invocation: Invocation): Promise<Completion | undefined> {
  return Promise.race([invocation.completion, Promise.resolve(undefined)]);
}
