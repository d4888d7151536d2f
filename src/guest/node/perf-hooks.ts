/** `node:perf_hooks`: the global `performance`, and what surrounds it. */
import constants from "./data/perf-constants.json" with { type: "json" };
import { EventLoopDelay, RecordableHistogram } from "./perf-hooks/histogram.ts";
import { lazily } from "./shared/lazy.ts";
import { requireFunction } from "./shared/validate.ts";

type Run = (...args: unknown[]) => unknown;

const globalOf =
  (name: string, own: () => unknown = () => undefined) =>
  (): unknown =>
    (Reflect.get(globalThis, name) as unknown) ?? own();

/** Nothing is observed of a kind that there is none of. */
class PerformanceObserver {
  static readonly supportedEntryTypes: readonly string[] = Object.freeze([]);

  constructor(callback: unknown) {
    requireFunction(callback, "callback");
  }

  observe(): void {
    // No kind of entry is supported.
  }

  disconnect(): void {
    // It was never connected.
  }

  takeRecords(): unknown[] {
    return [];
  }
}

function entryClass(name: string): () => unknown {
  return () =>
    Object.defineProperty(
      function (): never {
        throw new TypeError("Illegal constructor");
      },
      "name",
      { value: name },
    );
}

/** As of a loop that is always about to do something: a function's time is the engine's to give. */
function eventLoopUtilization(): object {
  return { idle: 0, active: 0, utilization: 0 };
}

function timerify(original: unknown): unknown {
  requireFunction(original, "fn");
  function timed(this: unknown, ...args: unknown[]): unknown {
    if ((new.target as unknown) !== undefined) return Reflect.construct(original as Run, args) as unknown;
    return Reflect.apply(original as Run, this, args);
  }
  return Object.defineProperties(timed, {
    length: { value: original.length, configurable: true },
    name: { value: `timerified ${original.name}`, configurable: true },
  });
}

export function create(): object {
  return lazily(
    {
      monitorEventLoopDelay: () => new EventLoopDelay(),
      eventLoopUtilization,
      timerify,
      createHistogram: () => new RecordableHistogram(),
      constants: { ...constants },
    },
    {
      Performance: globalOf("Performance", entryClass("Performance")),
      PerformanceEntry: globalOf("PerformanceEntry", entryClass("PerformanceEntry")),
      PerformanceMark: globalOf("PerformanceMark", entryClass("PerformanceMark")),
      PerformanceMeasure: globalOf("PerformanceMeasure", entryClass("PerformanceMeasure")),
      PerformanceObserver: globalOf("PerformanceObserver", () => PerformanceObserver),
      PerformanceObserverEntryList: globalOf(
        "PerformanceObserverEntryList",
        entryClass("PerformanceObserverEntryList"),
      ),
      PerformanceResourceTiming: globalOf(
        "PerformanceResourceTiming",
        entryClass("PerformanceResourceTiming"),
      ),
      performance: performanceOfNode,
    },
  );
}

/** Clients of HTTP report their requests by it; of them no entries are made. */
function markResourceTiming(): void {
  // See above.
}

/** The global, with what Node adds to it. */
function performanceOfNode(): unknown {
  const { performance } = globalThis;
  for (const [name, value] of Object.entries({ eventLoopUtilization, timerify, markResourceTiming })) {
    if (name in performance) continue;
    Object.defineProperty(performance, name, { value, writable: true, configurable: true });
  }
  return performance;
}
