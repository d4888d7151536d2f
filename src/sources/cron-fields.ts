import { describeValue } from "../base/errors.ts";

/** Makes the error for a problem of the expression. */
type Refuse = (problem: string) => Error;

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names that stand for `min`, `min + 1`, …. */
  readonly names?: readonly string[];
  /** Whether `/` is allowed; EventBridge has none in the day-of-week. */
  readonly steps: boolean;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const MINUTES: Field = { name: "minutes", min: 0, max: 59, steps: true };
const HOURS: Field = { name: "hours", min: 0, max: 23, steps: true };
const DAY_OF_MONTH: Field = { name: "day-of-month", min: 1, max: 31, steps: true };
const MONTH: Field = { name: "month", min: 1, max: 12, names: MONTHS, steps: true };
const DAY_OF_WEEK: Field = { name: "day-of-week", min: 1, max: 7, names: WEEKDAYS, steps: false };
const YEAR: Field = { name: "year", min: 1970, max: 2199, steps: true };

/**
 * Checks the six fields of an EventBridge cron expression and writes them as croner's seven: seconds first, `?` as `*`,
 * names as numbers, a lone start of steps as a range. Weekdays stay 1 (Sunday) to 7, croner's Quartz numbering.
 */
export function readCronFields(text: string, refuse: Refuse): string {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) {
    const count = text.trim() === "" ? 0 : fields.length;
    throw refuse(
      `has ${count} fields; EventBridge's cron has six: minutes hours day-of-month month day-of-week year`,
    );
  }
  const [minutes = "", hours = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = fields;
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw refuse(
      "must have a ? in exactly one of day-of-month and day-of-week, since each rules out the other",
    );
  }
  const parts = [
    readList(MINUTES, minutes, refuse),
    readList(HOURS, hours, refuse),
    readDayOfMonth(dayOfMonth, refuse),
    readList(MONTH, month, refuse),
    readDayOfWeek(dayOfWeek, refuse),
    // Years go on after 2199 for croner; they don't for EventBridge.
    year === "*" ? `${YEAR.min}-${YEAR.max}` : readList(YEAR, year, refuse),
  ];
  return ["0", ...parts].join(" ");
}

function readDayOfMonth(text: string, refuse: Refuse): string {
  if (text === "?") return "*";
  if (/^(L|LW)$/i.test(text)) return text.toUpperCase();
  const [, nearest] = /^(\d+)W$/i.exec(text) ?? [];
  if (nearest !== undefined) return `${readValue(DAY_OF_MONTH, nearest, refuse)}W`;
  if (/[LW]/i.test(text))
    throw refuse(
      `has ${describeValue(text)} as its day-of-month; L, LW and a day with W, such as 15W, stand alone`,
    );
  return readList(DAY_OF_MONTH, text, refuse);
}

function readDayOfWeek(text: string, refuse: Refuse): string {
  if (text === "?") return "*";
  // Alone, the last day of the week: Saturday.
  if (/^L$/i.test(text)) return "7";
  const [, last] = /^(\d+|[A-Z]{3})L$/i.exec(text) ?? [];
  if (last !== undefined) return `${readValue(DAY_OF_WEEK, last, refuse)}L`;
  const [, day, nth] = /^(\w+)#(\w+)$/.exec(text) ?? [];
  if (day !== undefined && nth !== undefined) {
    if (!/^[1-5]$/.test(nth))
      throw refuse(`asks for occurrence ${describeValue(nth)} of a weekday in a month; allowed: 1 to 5`);
    return `${readValue(DAY_OF_WEEK, day, refuse)}#${nth}`;
  }
  if (text.includes("#"))
    throw refuse(`has ${describeValue(text)} as its day-of-week; a day with #, such as 3#2, stands alone`);
  return readList(DAY_OF_WEEK, text, refuse);
}

function readList(field: Field, text: string, refuse: Refuse): string {
  if (text === "?")
    throw refuse(`has a ? as its ${field.name}; only day-of-month and day-of-week can have one`);
  const items = text.split(",");
  if (items.includes("")) throw refuse(`has an empty item in its ${field.name}, ${describeValue(text)}`);
  return items.map((item) => readItem(field, item, refuse)).join(",");
}

/** `*`, `a`, `a-b`, and each of them with `/n`. */
function readItem(field: Field, item: string, refuse: Refuse): string {
  const [base = "", step, ...rest] = item.split("/");
  if (rest.length > 0) throw refuse(`has more than one / in its ${field.name}, ${describeValue(item)}`);
  const [from, to] = readRange(field, base, refuse);
  if (step === undefined) return to === undefined ? String(from) : base === "*" ? "*" : `${from}-${to}`;
  if (!field.steps)
    throw refuse(`has a / in its ${field.name}, where EventBridge allows none; list the days`);
  const count = /^\d+$/.test(step) ? Number(step) : 0;
  if (count < 1 || count > field.max) {
    throw refuse(`has steps of ${describeValue(step)} in its ${field.name}; allowed: 1 to ${field.max}`);
  }
  return `${from}-${to ?? field.max}/${count}`;
}

/** First and last value of `*`, `a-b`; the value alone of `a`. */
function readRange(field: Field, text: string, refuse: Refuse): [number, number | undefined] {
  if (text === "*") return [field.min, field.max];
  const [first = "", last, ...rest] = text.split("-");
  if (rest.length > 0) throw refuse(`has ${describeValue(text)} in its ${field.name}, which is no range`);
  const from = readValue(field, first, refuse);
  if (last === undefined) return [from, undefined];
  const to = readValue(field, last, refuse);
  if (from > to)
    throw refuse(
      `has a range that runs backwards in its ${field.name}, ${describeValue(text)}; write it as two, such as ${field.name === "hours" ? "22-23,0-2" : "a-b,c-d"}`,
    );
  return [from, to];
}

function readValue(field: Field, text: string, refuse: Refuse): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? field.min + named : /^\d+$/.test(text) ? Number(text) : -1;
  if (value >= field.min && value <= field.max) return value;
  const names = field.names ? ` or ${field.names[0] ?? ""}-${field.names.at(-1) ?? ""}` : "";
  throw refuse(`has ${describeValue(text)} in its ${field.name}; allowed: ${field.min}-${field.max}${names}`);
}
