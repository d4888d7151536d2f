import { Cron } from "croner";
import { describeValue, type SourceError } from "../base/errors.ts";
import { invalidSource } from "./checks.ts";
import { readCronFields } from "./cron-fields.ts";

/** A schedule expression, understood. */
export type ParsedSchedule =
  | { readonly kind: "rate"; readonly periodMs: number }
  /** `next` gives the first due time after `afterMs`, in milliseconds since the epoch, or nothing when none is left. */
  | { readonly kind: "cron"; readonly next: (afterMs: number) => number | undefined };

const RATE = /^rate\((\S+)\s+(\S+)\)$/;
const CRON = /^cron\((.*)\)$/;
const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Before the first instant a year field can name. */
const BEFORE_ALL_YEARS_MS = Date.UTC(1969, 11, 30);

/** Reads an EventBridge schedule expression; throws a `SourceError` (`INVALID_SOURCE`) that says what is wrong with it. */
export function parseSchedule(expression: unknown, timezone: string): ParsedSchedule {
  if (typeof expression !== "string") throw refuse(expression, "must be a string");
  const rate = RATE.exec(expression);
  if (rate) return { kind: "rate", periodMs: readPeriod(expression, rate[1] ?? "", rate[2] ?? "") };
  const cron = CRON.exec(expression);
  if (cron) return readCron(expression, cron[1] ?? "", timezone);
  if (expression.startsWith("at(")) {
    throw refuse(
      expression,
      "is a one-time schedule of EventBridge Scheduler, which rules don't have; use a cron() with a year",
    );
  }
  throw refuse(
    expression,
    'must be "rate(value unit)" or "cron(minutes hours day-of-month month day-of-week year)"',
  );
}

function readPeriod(expression: string, value: string, unit: string): number {
  const count = /^\d+$/.test(value) ? Number(value) : 0;
  if (count < 1)
    throw refuse(expression, `has ${describeValue(value)} as its value; allowed: a positive integer`);
  const singular = unit.replace(/s$/, "");
  const unitMs = Object.hasOwn(UNIT_MS, singular) ? UNIT_MS[singular] : undefined;
  if (unitMs === undefined) {
    throw refuse(
      expression,
      `has ${describeValue(unit)} as its unit; allowed: minute, minutes, hour, hours, day, days`,
    );
  }
  const expected = count === 1 ? singular : `${singular}s`;
  if (unit !== expected)
    throw refuse(expression, `must say "${expected}" after ${count}, as EventBridge asks`);
  const periodMs = count * unitMs;
  if (!Number.isSafeInteger(periodMs)) throw refuse(expression, "has a period that is too long to count");
  return periodMs;
}

function readCron(expression: string, text: string, timezone: string): ParsedSchedule {
  const pattern = readCronFields(text, (problem) => refuse(expression, problem));
  const calendar = new Cron(pattern, {
    mode: "7-part",
    alternativeWeekdays: true,
    fixedTimeRule: "no-wildcard",
    timezone,
  });
  const next = (afterMs: number): number | undefined => nextMatch(calendar, afterMs);
  if (next(BEFORE_ALL_YEARS_MS) === undefined)
    throw refuse(expression, "never comes: no date of any year matches it");
  return { kind: "cron", next };
}

/**
 * croner moves a time that the clock skips in spring to the first one that exists; EventBridge leaves it out, so what
 * doesn't match by the wall clock is passed over.
 */
function nextMatch(calendar: Cron, afterMs: number): number | undefined {
  let found = calendar.nextRun(new Date(afterMs));
  while (found && !calendar.match(found)) found = calendar.nextRun(found);
  return found?.getTime();
}

function refuse(expression: unknown, problem: string): SourceError {
  return invalidSource(`schedule source: expression ${describeValue(expression)} ${problem}.`);
}
