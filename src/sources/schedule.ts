import { randomUUID } from "node:crypto";
import { describeValue } from "../base/errors.ts";
import type { Clock, Timer } from "../base/clock.ts";
import { functionOption, invalidSource } from "./checks.ts";
import { SourceLifecycle } from "./lifecycle.ts";
import { DEFAULT_ACCOUNT_ID, DEFAULT_REGION } from "./names.ts";
import { parseSchedule, type ParsedSchedule } from "./schedule-expression.ts";
import type { EventSource, SourceContext } from "./source.ts";

/** Options of {@link schedule}. */
export interface ScheduleOptions {
  /** `rate(value unit)` or `cron(minutes hours day-of-month month day-of-week year)`; see {@link schedule}. */
  readonly expression: string;
  /** Name, alias, version or ARN of the function to invoke. */
  readonly function: string;
  /** What the function gets instead of the scheduled event; must be JSON-able. */
  readonly input?: unknown;
  /** IANA time zone in which a cron expression is read; default `"UTC"`. No effect on a rate. */
  readonly timezone?: string;
  /** Name of the rule, which goes into the event's `resources`; default `"schedule"`. 1 to 64 of `A-Z a-z 0-9 . _ -`. */
  readonly name?: string;
  /** `"event"` (the default) hands the event over, as EventBridge does, and leaves retries to the engine; `"request"` waits for the function. */
  readonly type?: "event" | "request";
}

/** What a function on a schedule gets; EventBridge's form. */
export interface ScheduledEvent {
  version: "0";
  id: string;
  "detail-type": "Scheduled Event";
  source: "aws.events";
  account: string;
  /** When it was due, in ISO 8601 without fractions of a second. */
  time: string;
  region: string;
  /** The ARN of the rule. */
  resources: string[];
  detail: Record<string, never>;
}

/**
 * Longest time the source sleeps before it looks at the clock again, so that a clock that was set, or a machine that was
 * suspended, is noticed; and how late a tick may still run. A later one was missed.
 */
const WATCH_MS = 900_000;

/**
 * Makes a source that invokes a function on a schedule, by the rules of EventBridge:
 *
 * - `rate(1 minute)`, `rate(5 minutes)`, hours, days: singular after 1 and plural after anything else. The first event
 *   comes one period after the source was attached.
 * - `cron(0 9 ? * MON-FRI *)`: six fields, a `?` in exactly one of day-of-month and day-of-week, weekdays from 1 (Sunday) to 7
 *   or by name, years from 1970 to 2199, and `L`, `W`, `#`. A range that runs backwards (`FRI-MON`) is refused.
 *   In a time zone with daylight saving, a time that is skipped in spring is left out, and one that comes twice in
 *   autumn runs once, except where minutes or hours have a `*` or `/`.
 *
 * Ticks missed by more than 15 minutes, because the process was suspended, are not made up for; a tick up to that late runs once.
 * A tick whose invocation is refused (throttled, unknown function) is lost, and said through the logger. While attached,
 * the source keeps the process alive.
 *
 * @throws SourceError (`INVALID_SOURCE`) for an expression EventBridge wouldn't take, or that can never come.
 * @example
 * await engine.attach(schedule({ expression: "cron(0 9 ? * MON-FRI *)", timezone: "Europe/Rome", function: "report" }));
 */
export function schedule(options: ScheduleOptions): EventSource & { readonly kind: "schedule" } {
  return new ScheduleSource(options);
}

class ScheduleSource implements EventSource {
  readonly kind = "schedule";
  readonly #options: ScheduleOptions;
  readonly #name: string;
  readonly #parsed: ParsedSchedule;
  readonly #life: SourceLifecycle;
  #timer: Timer | undefined;

  constructor(options: ScheduleOptions) {
    functionOption("schedule source", options.function);
    this.#options = options;
    this.#name = checkName(options.name ?? "schedule");
    this.#parsed = parseSchedule(options.expression, checkTimezone(options.timezone ?? "UTC"));
    this.#life = new SourceLifecycle(this.kind, () => this.#timer?.cancel());
  }

  async start(context: SourceContext): Promise<void> {
    this.#life.begin(context);
    const timeline = makeTimeline(this.#parsed, context.clock);
    this.#await(timeline, timeline.now());
  }

  stop(): Promise<void> {
    return this.#life.stop();
  }

  /** Waits for the first due time after `sinceMs`. */
  #await(timeline: Timeline, sinceMs: number): void {
    const dueMs = timeline.next(sinceMs);
    if (dueMs !== undefined) this.#sleep(timeline, { sinceMs, dueMs });
    else this.#life.report(`${this.#options.expression} never comes again; it is idle now`);
  }

  #sleep(timeline: Timeline, tick: Tick): void {
    const delayMs = Math.min(Math.max(0, tick.dueMs - timeline.now()), WATCH_MS);
    this.#timer = this.#life.context.clock.setTimer(() => this.#wake(timeline, tick), delayMs, true);
  }

  /** The tick is due, or not yet, or the clock was set meanwhile. */
  #wake(timeline: Timeline, tick: Tick): void {
    const nowMs = timeline.now();
    const lateMs = nowMs - tick.dueMs;
    if (nowMs < tick.sinceMs) return this.#await(timeline, nowMs);
    if (lateMs < 0) return this.#sleep(timeline, tick);
    if (lateMs <= WATCH_MS) void this.#tick(this.#life.context.clock.now() - lateMs);
    else
      this.#life.report(`${this.#options.expression} missed a tick by ${lateMs} ms; it is not made up for`);
    this.#await(timeline, nowMs);
  }

  async #tick(dueAtMs: number): Promise<void> {
    const { invoker } = this.#life.context;
    const { function: target, type = "event", input = this.#event(dueAtMs) } = this.#options;
    const flight = this.#life.open();
    try {
      const result = await invoker.invoke(target, input, { type, signal: flight.signal });
      if (result.status === "failed")
        this.#life.note(`${target} failed with ${result.error.errorType}: ${result.error.errorMessage}`);
    } catch (error) {
      this.#life.report(`a tick of ${this.#options.expression} for ${target} is lost`, error);
    } finally {
      flight.end();
    }
  }

  #event(dueAtMs: number): ScheduledEvent {
    return {
      version: "0",
      id: randomUUID(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: DEFAULT_ACCOUNT_ID,
      time: new Date(dueAtMs).toISOString().replace(/\.\d{3}Z$/, "Z"),
      region: DEFAULT_REGION,
      resources: [`arn:aws:events:${DEFAULT_REGION}:${DEFAULT_ACCOUNT_ID}:rule/${this.#name}`],
      detail: {},
    };
  }
}

/** Due times, on whichever of a clock's two times fits the kind of schedule. */
interface Timeline {
  now(): number;
  /** The first due time after `afterMs`. */
  next(afterMs: number): number | undefined;
}

/** What is waited for: the first due time after `sinceMs`. A clock that shows less than that was set back. */
interface Tick {
  readonly sinceMs: number;
  readonly dueMs: number;
}

/** A calendar goes by the wall clock; a rate by the one that is never set. */
function makeTimeline(parsed: ParsedSchedule, clock: Clock): Timeline {
  if (parsed.kind === "cron") return { now: () => clock.now(), next: parsed.next };
  const { periodMs } = parsed;
  const startMs = clock.monotonicMs();
  return {
    now: () => clock.monotonicMs(),
    next: (afterMs) => {
      const dueMs = startMs + (Math.floor((afterMs - startMs) / periodMs) + 1) * periodMs;
      // Fractions of a millisecond may round the quotient down to the tick that has just been.
      return dueMs > afterMs ? dueMs : dueMs + periodMs;
    },
  };
}

function checkName(name: unknown): string {
  if (typeof name === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(name)) return name;
  throw invalidSource(
    `schedule source: name is ${describeValue(name)}; allowed: 1 to 64 of A-Z a-z 0-9 . _ -.`,
  );
}

function checkTimezone(timezone: unknown): string {
  try {
    if (typeof timezone === "string")
      return new Intl.DateTimeFormat("en", { timeZone: timezone }).resolvedOptions().timeZone;
  } catch (error) {
    throw invalidSource(
      `schedule source: timezone ${describeValue(timezone)} is unknown; allowed: an IANA name such as "Europe/Rome".`,
      error,
    );
  }
  throw invalidSource(
    `schedule source: timezone is ${describeValue(timezone)}; allowed: an IANA name such as "Europe/Rome".`,
  );
}
