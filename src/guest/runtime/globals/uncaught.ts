import type { GuestRejection } from "../../contract.ts";
import {
  noSpecies,
  objectDefineProperty,
  promiseThen,
  reflectApply,
  record,
  SafeError,
  SafePromise,
} from "../primordials.ts";
import { isExitUnwind } from "./errors.ts";

/** Where `process` keeps what `setUncaughtExceptionCaptureCallback` was given. */
export const captureKey: unique symbol = Symbol("capture");

/** What of `process` hears of errors that nobody caught. */
export interface UncaughtListeners {
  listenerCount(event: string): number;
  emit(event: string, ...args: unknown[]): boolean;
  /** As `setUncaughtExceptionCaptureCallback` has set it. */
  readonly [captureKey]: ((error: unknown) => unknown) | null;
}

interface UncaughtPorts {
  /** Undefined while nobody has looked at `process`. */
  readonly listeners: () => UncaughtListeners | undefined;
  /** Tells the cell, which ends the environment. */
  readonly report: (error: unknown) => void;
}

export interface Uncaught {
  /** An error that nobody caught: the user's listeners are told of it, and the cell only when there are none. */
  caught(error: unknown): void;
  /** A rejection that nobody handles. False when nobody listens for it. */
  rejected(rejection: GuestRejection): boolean;
}

export function createUncaught({ listeners, report }: UncaughtPorts): Uncaught {
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
    rejected: (rejection) =>
      telling((to) => {
        const reason = reasonOf(rejection);
        if (to.listenerCount("unhandledRejection") === 0)
          return tellException(to, reason, "unhandledRejection");
        return to.emit("unhandledRejection", reason, rejectedWith(reason));
      }),
  };
}

/** V8 tells the cell of a rejection, and not the guest: its reason is made anew of what the cell has been told. */
function reasonOf({ error, value }: GuestRejection): unknown {
  if (!error) return value;
  const reason = new SafeError(error.message);
  const define = (name: string, text: string): void => {
    objectDefineProperty(reason, name, record({ value: text, writable: true, configurable: true }));
  };
  define("name", error.name);
  define("stack", error.stack);
  return reason;
}

function rejectedWith(reason: unknown): Promise<unknown> {
  const promise = noSpecies(
    new SafePromise<unknown>((_resolve, reject) => reflectApply(reject, undefined, [reason])),
  );
  void promiseThen(promise, undefined, () => undefined);
  return promise;
}
