import { dictionary, requireArguments, text } from "../../chunks/web/interface.ts";
import { type PerformanceEntry, PerformanceMark, PerformanceMeasure, permit } from "./entries.ts";

/** Most marks and measures that are kept; the oldest go first. */
const KEPT = 10_000;

export interface Timeline {
  readonly PerformanceMark: unknown;
  mark(name: unknown, options: unknown): PerformanceMark;
  measure(name: unknown, startOrOptions: unknown, end: unknown): PerformanceMeasure;
  clear(type: string, name: unknown): void;
  entries(name?: unknown, type?: unknown): PerformanceEntry[];
}

/** Marks and measures. Each one made is told. */
export function createTimeline(now: () => number, tell: (entry: PerformanceEntry) => void): Timeline {
  let kept: PerformanceEntry[] = [];

  function add<Entry extends PerformanceEntry>(entry: Entry): Entry {
    kept.push(entry);
    if (kept.length > 2 * KEPT) kept = kept.slice(-KEPT);
    tell(entry);
    return entry;
  }

  function makeMark(name: unknown, options: unknown): PerformanceMark {
    const { startTime, detail } = dictionary(options, "options");
    const start = startTime === undefined ? now() : time(startTime);
    const fields = {
      name: text(name),
      entryType: "mark",
      startTime: start,
      duration: 0,
      detail: cloned(detail),
    };
    return new PerformanceMark(permit, fields);
  }

  /** A moment, or the latest mark of a name. */
  function moment(value: unknown): number {
    if (typeof value === "number") return time(value);
    const name = text(value);
    const mark = kept.findLast((entry) => entry.entryType === "mark" && entry.name === name);
    if (mark) return mark.startTime;
    throw new DOMException(`The "${name.slice(0, 64)}" performance mark has not been set`, "SyntaxError");
  }

  function spanOf(startOrOptions: unknown, end: unknown): { start: number; end: number; detail: unknown } {
    const isOptions = typeof startOrOptions === "object" && startOrOptions !== null;
    const given = isOptions
      ? dictionary(startOrOptions, "options")
      : { start: startOrOptions ?? undefined, end };
    const { start, end: until, duration, detail } = given;
    const length = duration === undefined ? undefined : time(duration);
    let to = until === undefined ? undefined : moment(until);
    if (to === undefined && start !== undefined && length !== undefined) to = moment(start) + length;
    to ??= now();
    const from = start !== undefined ? moment(start) : length !== undefined ? to - length : 0;
    return { start: from, end: to, detail };
  }

  /** `new PerformanceMark(name, options)`: one that is not kept. */
  const PublicMark = new Proxy(PerformanceMark, {
    construct: (_target, args) => {
      requireArguments(args.length, 1, "PerformanceMark");
      return makeMark(args[0], args[1]);
    },
  });

  return {
    PerformanceMark: PublicMark,
    mark(name, options) {
      return add(makeMark(name, options));
    },
    measure(name, startOrOptions, end) {
      const span = spanOf(startOrOptions, end);
      return add(
        new PerformanceMeasure(permit, {
          name: text(name),
          entryType: "measure",
          startTime: span.start,
          duration: span.end - span.start,
          detail: cloned(span.detail),
        }),
      );
    },
    clear(type, name) {
      const wanted = name === undefined ? undefined : text(name);
      kept = kept.filter(
        (entry) => entry.entryType !== type || (wanted !== undefined && entry.name !== wanted),
      );
    },
    entries: (name, type) => select(kept, name, type),
  };
}

/** Those of a name and a type, in the order of time. */
export function select(
  entries: readonly PerformanceEntry[],
  name: unknown,
  type: unknown,
): PerformanceEntry[] {
  return entries
    .filter(
      (entry) =>
        (name === undefined || entry.name === text(name)) &&
        (type === undefined || entry.entryType === text(type)),
    )
    .sort((a, b) => a.startTime - b.startTime);
}

function time(value: unknown): number {
  const number = Number(value);
  if (number >= 0) return number;
  throw Object.assign(new TypeError(`${String(number)} is not a valid timestamp`), {
    code: "ERR_PERFORMANCE_INVALID_TIMESTAMP",
  });
}

function cloned(detail: unknown): unknown {
  return detail === undefined || detail === null ? null : structuredClone(detail);
}
