/** Rejections that nobody handles, for those who listen for them: loaded with the first, or with code that names the events. */
import { REJECTIONS_SIGNAL, type GuestRejection } from "../contract.ts";
import { noSpecies, promiseThen, reflectApply, SafeError, SafePromise } from "../runtime/primordials.ts";
import type { UncaughtListeners } from "../runtime/globals/uncaught-listeners.ts";
import { followPromises, type Left } from "./rejections/follow.ts";
import { reasonOf, withoutError } from "./rejections/reason.ts";

interface RejectionPorts {
  readonly listeners: () => UncaughtListeners | undefined;
  /** Calls `tell`; what a listener throws ends the environment. */
  readonly telling: (tell: (to: UncaughtListeners) => boolean) => boolean;
  readonly tellException: (to: UncaughtListeners, error: unknown, origin: string) => boolean;
  readonly nextTick: (callback: () => void) => void;
}

export interface Rejections {
  /** Follows promises from now on, so that listeners get them; before user code, which has no native `async` functions. */
  follow(): void;
  /** A rejection that nobody handles, or the signal that there are such. False when nobody listens for it. */
  rejected(rejection: GuestRejection): boolean;
}

export function createRejections({
  listeners,
  telling,
  tellException,
  nextTick,
}: RejectionPorts): Rejections {
  let takeLeft: () => readonly Left[] = () => [];

  function tell(reason: unknown, promise: () => Promise<unknown>): boolean {
    return telling((to) =>
      to.listenerCount("unhandledRejection") > 0
        ? to.emit("unhandledRejection", reason, promise())
        : tellException(
            to,
            reason instanceof SafeError ? reason : withoutError(reason),
            "unhandledRejection",
          ),
    );
  }

  function tellAll(left: readonly Left[]): true {
    for (let index = 0; index < left.length; index++) {
      const { reason, promise } = left[index] as Left;
      // Whoever listened has gone: the cell hears of it after all.
      if (!tell(reason, () => promise)) void rejectedWith(reason);
    }
    return true;
  }

  return {
    follow() {
      takeLeft = followPromises({
        isHeard: () => {
          const to = listeners();
          return (
            to !== undefined &&
            (to.listenerCount("unhandledRejection") > 0 || to.listenerCount("rejectionHandled") > 0)
          );
        },
        signal: () => rejectedWith(REJECTIONS_SIGNAL),
        handledLate: (promise) =>
          nextTick(() => void telling((to) => to.emit("rejectionHandled", promise) || true)),
      });
    },
    rejected(rejection) {
      const left = rejection.value === REJECTIONS_SIGNAL ? takeLeft() : [];
      if (left.length > 0) return tellAll(left);
      const reason = reasonOf(rejection);
      return tell(reason, () => handled(rejectedWith(reason)));
    },
  };
}

function rejectedWith(reason: unknown): Promise<unknown> {
  return noSpecies(new SafePromise<unknown>((_resolve, reject) => reflectApply(reject, undefined, [reason])));
}

function handled(promise: Promise<unknown>): Promise<unknown> {
  void promiseThen(promise, undefined, () => undefined);
  return promise;
}
