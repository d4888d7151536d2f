import type { GuestRejection } from "../../contract.ts";
import type { Rejections } from "../../chunks/rejections.ts";
import { captureKey, type UncaughtListeners } from "./uncaught-listeners.ts";
import type { Chunks } from "./chunks.ts";
import { isExitUnwind } from "./errors.ts";

interface UncaughtPorts {
  /** Undefined while nobody has looked at `process`. */
  readonly listeners: () => UncaughtListeners | undefined;
  /** Tells the cell, which ends the environment. */
  readonly report: (error: unknown) => void;
  readonly chunks: () => Chunks;
  readonly nextTick: (callback: () => void) => void;
}

export interface Uncaught {
  /** An error that nobody caught: the user's listeners are told of it, and the cell only when there are none. */
  caught(error: unknown): void;
  /** A rejection that nobody handles. False when nobody listens for it. */
  rejected(rejection: GuestRejection): boolean;
  /** Has listeners for rejections get the very promises; before user code. */
  followPromises(): void;
}

export function createUncaught({ listeners, report, chunks, nextTick }: UncaughtPorts): Uncaught {
  let made: Rejections | undefined;
  const rejections = (): Rejections =>
    (made ??= chunks().load("rejections").createRejections({ listeners, telling, tellException, nextTick }));

  /** Calls `tell`; what a listener throws ends the environment, as in Node. */
  function telling(tell: (to: UncaughtListeners) => boolean): boolean {
    const to = listeners();
    if (!to) return false;
    try {
      return tell(to);
    } catch (error) {
      if (!isExitUnwind(error)) report(error);
      return true;
    }
  }

  function tellException(to: UncaughtListeners, error: unknown, origin: string): boolean {
    to.emit("uncaughtExceptionMonitor", error, origin);
    if (to[captureKey] === null) return to.emit("uncaughtException", error, origin);
    to[captureKey](error);
    return true;
  }

  return {
    caught(error) {
      if (isExitUnwind(error)) return;
      if (!telling((to) => tellException(to, error, "uncaughtException"))) report(error);
    },
    rejected: (rejection) => listeners() !== undefined && rejections().rejected(rejection),
    followPromises: () => rejections().follow(),
  };
}
