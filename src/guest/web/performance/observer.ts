import { defineInterface, dictionary, invalidType } from "../../chunks/web/interface.ts";
import type { PerformanceEntry } from "./entries.ts";
import { select } from "./timeline.ts";

type Callback = (list: object, observer: object) => unknown;

const TYPES = Object.freeze(["mark", "measure"]);

/** `PerformanceObserver`, for marks and measures. */
export function createObserver(queueMicrotask: (callback: () => void) => void): {
  readonly PerformanceObserver: unknown;
  readonly PerformanceObserverEntryList: unknown;
  notify(entry: PerformanceEntry): void;
} {
  const observing = new Set<PerformanceObserver>();

  let offer: (observer: PerformanceObserver, entry: PerformanceEntry) => void;

  class PerformanceObserverEntryList {
    readonly #entries: readonly PerformanceEntry[];

    constructor(entries: readonly PerformanceEntry[]) {
      this.#entries = entries;
    }

    getEntries(): PerformanceEntry[] {
      return select(this.#entries, undefined, undefined);
    }

    getEntriesByType(type: unknown): PerformanceEntry[] {
      return select(this.#entries, undefined, type);
    }

    getEntriesByName(name: unknown, type?: unknown): PerformanceEntry[] {
      return select(this.#entries, name, type);
    }
  }

  class PerformanceObserver {
    static get supportedEntryTypes(): readonly string[] {
      return TYPES;
    }

    readonly #callback: Callback;
    #types: readonly unknown[] = [];
    #entries: PerformanceEntry[] = [];

    constructor(callback: unknown) {
      if (typeof callback !== "function") throw invalidType('The "callback" argument must be a function.');
      this.#callback = callback as Callback;
    }

    observe(options?: unknown): void {
      const { entryTypes, type } = dictionary(options, "options");
      if (entryTypes === undefined && type === undefined) {
        throw invalidType('The options must have "entryTypes" or "type".');
      }
      this.#types =
        entryTypes === undefined ? [...this.#types, type] : [...(entryTypes as Iterable<unknown>)];
      observing.add(this);
    }

    disconnect(): void {
      observing.delete(this);
      this.#entries = [];
      this.#types = [];
    }

    takeRecords(): PerformanceEntry[] {
      const entries = this.#entries;
      this.#entries = [];
      return entries;
    }

    static {
      offer = (observer, entry) => {
        if (!observer.#types.includes(entry.entryType)) return;
        observer.#entries.push(entry);
        if (observer.#entries.length > 1) return;
        queueMicrotask(() => {
          const entries = observer.takeRecords();
          if (entries.length > 0) observer.#callback(new PerformanceObserverEntryList(entries), observer);
        });
      };
    }
  }

  defineInterface(PerformanceObserver, "PerformanceObserver", ["observe", "disconnect", "takeRecords"]);
  defineInterface(PerformanceObserverEntryList, "PerformanceObserverEntryList", [
    ...["getEntries", "getEntriesByType", "getEntriesByName"],
  ]);
  return {
    PerformanceObserver,
    PerformanceObserverEntryList,
    notify: (entry) => observing.forEach((observer) => offer(observer, entry)),
  };
}
