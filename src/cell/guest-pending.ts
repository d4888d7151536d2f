import type { CallReplyKind } from "../guest/contract.ts";
import type { EnvironmentHome } from "./environment-home.ts";
import { GuestCalls } from "./guest-calls.ts";
import { GuestTimers } from "./guest-timers.ts";
import type { RunLimit } from "./known-version.ts";
import type { EnvironmentCode } from "./modules/environment-code.ts";
import { ToHost } from "./protocol.ts";
import { Services } from "./services/table.ts";

/** What can still happen to a guest by itself: timers that come due and replies to its calls; and what serves these. */
export class GuestPending {
  readonly timers: GuestTimers;
  readonly calls: GuestCalls;
  readonly services: Services;

  constructor(timers: GuestTimers, calls: GuestCalls, services: Services) {
    this.services = services;
    this.timers = timers;
    this.calls = calls;
  }

  get size(): number {
    return this.timers.size + this.calls.size;
  }

  /** No invocation runs: nothing happens until one does. */
  freeze(): void {
    this.timers.freeze();
    this.calls.freeze();
  }

  thaw(): void {
    this.timers.thaw();
    this.calls.thaw();
  }

  clearAll(): void {
    this.timers.clearAll();
    this.calls.clearAll();
    this.services.dispose();
  }
}

/** How what happens enters the guest. */
export interface PendingEntries {
  readonly timer: (timer: number) => void;
  readonly reply: (call: number, kind: CallReplyKind, text: string) => void;
  /** Runs the guest by `act`. */
  readonly run: (act: (limitMs: RunLimit) => Promise<unknown> | undefined) => void;
}

/** The timers and calls of the environment `id`. */
export function makePending(
  id: number,
  home: EnvironmentHome,
  code: EnvironmentCode,
  entries: PendingEntries,
): GuestPending {
  const limits = code.version.definition;
  const services = new Services(code);
  const calls = new GuestCalls({
    limit: limits.hostCalls,
    services,
    toHost: (call, text) => {
      home.send([ToHost.Call, id, call, text]);
      return {
        more: (more) => home.send([ToHost.CallMore, id, call, more]),
        end: () => home.send([ToHost.CallEnd, id, call]),
      };
    },
    deliver: entries.reply,
  });
  code.onRun((act) => calls.whenAwake(() => entries.run(act)));
  return new GuestPending(new GuestTimers(limits.timers, entries.timer), calls, services);
}
