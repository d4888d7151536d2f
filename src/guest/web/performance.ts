/** `performance` and its classes. */
import type { Parts } from "../runtime/globals/parts.ts";
import { defineInterface } from "../chunks/web/interface.ts";
import { PerformanceEntry, type PerformanceMark, PerformanceMeasure } from "./performance/entries.ts";
import { createObserver } from "./performance/observer.ts";
import { createTimeline } from "./performance/timeline.ts";

export function create({ clock, ticks }: Parts): object {
  const timeOrigin = Date.now() - clock.now();
  const observers = createObserver(ticks.queueMicrotask);
  const timeline = createTimeline(() => clock.now(), observers.notify);
  /** Only this module may make one. */
  const permit = {};

  class Performance extends EventTarget {
    constructor(given?: unknown) {
      if (given !== permit)
        throw Object.assign(new TypeError("Illegal constructor"), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
      super();
    }

    get timeOrigin(): number {
      check(this);
      return timeOrigin;
    }

    now(): number {
      check(this);
      return clock.now();
    }

    toJSON(): object {
      check(this);
      return { timeOrigin };
    }

    mark(name: unknown, options?: unknown): PerformanceMark {
      return timeline.mark(name, options);
    }

    measure(name: unknown, startOrOptions?: unknown, end?: unknown): PerformanceMeasure {
      return timeline.measure(name, startOrOptions, end);
    }

    clearMarks(name?: unknown): void {
      timeline.clear("mark", name);
    }

    clearMeasures(name?: unknown): void {
      timeline.clear("measure", name);
    }

    getEntries(): PerformanceEntry[] {
      return timeline.entries();
    }

    getEntriesByType(type: unknown): PerformanceEntry[] {
      return timeline.entries(undefined, type);
    }

    getEntriesByName(name: unknown, type?: unknown): PerformanceEntry[] {
      return timeline.entries(name, type);
    }
  }

  function check(value: unknown): void {
    if (value instanceof Performance) return;
    throw Object.assign(new TypeError('Value of "this" must be of type Performance'), {
      code: "ERR_INVALID_THIS",
    });
  }

  defineInterface(Performance, "Performance", [
    ...["timeOrigin", "now", "toJSON", "mark", "measure", "clearMarks", "clearMeasures"],
    ...["getEntries", "getEntriesByType", "getEntriesByName"],
  ]);
  Object.defineProperty(Performance, "length", { value: 0, configurable: true });
  for (const [name, length] of Object.entries({
    mark: 1,
    measure: 1,
    clearMarks: 0,
    clearMeasures: 0,
    getEntriesByName: 1,
  })) {
    Object.defineProperty(Reflect.get(Performance.prototype, name), "length", {
      value: length,
      configurable: true,
    });
  }
  const { PerformanceObserver, PerformanceObserverEntryList } = observers;
  return {
    performance: new Performance(permit),
    Performance,
    PerformanceEntry,
    PerformanceMark: timeline.PerformanceMark,
    PerformanceMeasure,
    PerformanceObserver,
    PerformanceObserverEntryList,
  };
}
