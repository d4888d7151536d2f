import type { CallServer, ServeCalls } from "../../src/bridge/calls.ts";

/** Serves nothing, for environments that call for nothing. */
export const NO_CALLS: CallServer = {
  open: () => undefined,
  more: () => undefined,
  end: () => undefined,
  close: () => undefined,
};

export const serveNothing: ServeCalls = () => NO_CALLS;
