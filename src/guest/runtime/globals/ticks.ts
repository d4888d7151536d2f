import { noSpecies, promiseThen, reflectApply, SafePromise } from "../primordials.ts";
import { requireFunction } from "./errors.ts";
import type { Frames } from "./frames.ts";

type Callback = (...args: never[]) => unknown;

/** `queueMicrotask` and `process.nextTick`. */
export interface Ticks {
  queueMicrotask(callback: unknown): void;
  nextTick(callback: unknown, ...args: unknown[]): void;
  /** Runs what `nextTick` has queued; called when a piece of synchronous code has ended, before microtasks run. */
  runTicks(): void;
}

interface Tick {
  readonly callback: Callback;
  readonly args: readonly unknown[];
  next: Tick | undefined;
}

/** A callback that throws goes to `report`, and the rest still runs. */
export function createTicks(report: (error: unknown) => void, frames: Frames): Ticks {
  let resolved: Promise<void> | undefined;
  let first: Tick | undefined;
  let last: Tick | undefined;
  let isRunning = false;

  function runSoon(callback: () => void): void {
    resolved ??= noSpecies(new SafePromise<void>((resolve) => resolve()));
    void promiseThen(resolved, callback);
  }

  function run(callback: Callback, args: readonly unknown[]): void {
    try {
      reflectApply(callback, undefined, args);
    } catch (error) {
      report(error);
    }
  }

  function runTicks(): void {
    if (isRunning) return;
    isRunning = true;
    while (first) {
      const { callback, args } = first;
      first = first.next;
      if (!first) last = undefined;
      run(callback, args);
    }
    isRunning = false;
  }

  return {
    queueMicrotask(callback) {
      requireFunction("callback", callback);
      const bound = frames.bind(callback as Callback, "Microtask");
      runSoon(() => run(bound, []));
    },
    nextTick(callback, ...args) {
      requireFunction("callback", callback);
      const tick: Tick = { callback: frames.bind(callback as Callback, "TickObject"), args, next: undefined };
      if (last) last.next = tick;
      else {
        first = tick;
        // Whoever ends the running code may have run them by then; if it is a microtask, this one follows it.
        // A tick's own ticks are run by the loop that runs it: a microtask for each would fill the heap.
        if (!isRunning) runSoon(runTicks);
      }
      last = tick;
    },
    runTicks,
  };
}
