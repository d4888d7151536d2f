import { vi } from "vitest";
import type { EnvironmentListener } from "../../src/sandbox/listener.ts";
import { NO_CALLS } from "./no-calls.ts";

/** A listener that only listens. */
export function makeListener() {
  return {
    calls: NO_CALLS,
    initialized: vi.fn<EnvironmentListener["initialized"]>(),
    initFailed: vi.fn<EnvironmentListener["initFailed"]>(),
    done: vi.fn<EnvironmentListener["done"]>(),
    log: vi.fn<EnvironmentListener["log"]>(),
    returned: vi.fn<EnvironmentListener["returned"]>(),
    ended: vi.fn<EnvironmentListener["ended"]>(),
    listens: vi.fn<EnvironmentListener["listens"]>(),
    heldUp: vi.fn<EnvironmentListener["heldUp"]>(),
    freed: vi.fn<EnvironmentListener["freed"]>(),
    retire: vi.fn<EnvironmentListener["retire"]>(),
    lost: vi.fn<EnvironmentListener["lost"]>(),
    tookCell: vi.fn<EnvironmentListener["tookCell"]>(),
  };
}
