import { readFileSync } from "node:fs";
import { Cron } from "croner";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventBridgeEvent } from "aws-lambda";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { SourceError, ThrottledError } from "../../src/base/errors.ts";
import type { Clock } from "../../src/base/clock.ts";
import { eventSourceConformance } from "../../src/sources/conformance.ts";
import { FunctionFailure } from "../../src/sources/recording-invoker.ts";
import { schedule, type ScheduledEvent, type ScheduleOptions } from "../../src/sources/schedule.ts";
import { corpus, makeRig, started, until, type Rig } from "./support.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

function make(expression: string, more: Partial<ScheduleOptions> = {}) {
  return schedule({ expression, function: "fn", ...more });
}

function times(rig: Rig): string[] {
  return rig.invoker.calls.map((call) => (call.payload as ScheduledEvent).time.replace(":00Z", ""));
}

/** The times of a schedule's events in `ms` from `from`. */
async function fire(expression: string, from: string, ms: number, timezone = "UTC"): Promise<string[]> {
  const source = make(expression, { timezone });
  const rig = await started(source, makeRig(new FakeClock(Date.parse(from))));
  await rig.clock.advance(ms);
  await source.stop();
  return times(rig);
}

function problem(expression: string, more: Partial<ScheduleOptions> = {}): string {
  try {
    make(expression, more);
  } catch (error) {
    expect(error).toBeInstanceOf(SourceError);
    expect((error as SourceError).code).toBe("INVALID_SOURCE");
    return (error as SourceError).message;
  }
  throw new Error(`${expression} was taken`);
}

describe("rate", () => {
  test("comes every period, first one period after the start", async () => {
    expect(await fire("rate(5 minutes)", "2026-01-01T00:02:00Z", 15 * MINUTE)).toEqual([
      "2026-01-01T00:07",
      "2026-01-01T00:12",
      "2026-01-01T00:17",
    ]);
    expect(await fire("rate(1 hour)", "2026-01-01T00:00:00Z", DAY)).toHaveLength(24);
    expect(await fire("rate(2 days)", "2026-01-01T00:00:00Z", 365 * DAY)).toHaveLength(182);
  });

  test.each(["rate(1 minute)", "rate(1 hour)", "rate(1 day)", "rate(7 days)", "rate(90 minutes)"])(
    "takes %s",
    (e) => {
      expect(() => make(e)).not.toThrow();
    },
  );

  test.each([
    ["rate(5 minute)", '"minutes" after 5'],
    ["rate(1 minutes)", '"minute" after 1'],
    ["rate(0 minutes)", "positive integer"],
    ["rate(-1 minutes)", "positive integer"],
    ["rate(1.5 hours)", "positive integer"],
    ["rate(30 seconds)", "unit"],
    ["rate(1 constructor)", "unit"],
    ["rate(99999999999999 days)", "too long"],
    ["rate(5)", "must be"],
    ["rate(5 minutes", "must be"],
    ["5 minutes", "must be"],
    ["Rate(5 minutes)", "must be"],
    ["at(2026-02-15T10:00:00)", "one-time"],
    ["", "must be"],
  ])("refuses %s", (expression, why) => {
    expect(problem(expression)).toContain(why);
  });
});

describe("cron", () => {
  test("counts weekdays from 1 = Sunday", async () => {
    // 1 January 2026 is a Thursday.
    const at = (day: string) => fire(`cron(0 9 ? * ${day} *)`, "2026-01-01T00:00:00Z", 7 * DAY);
    expect(await at("1")).toEqual(["2026-01-04T09:00"]);
    expect(await at("SUN")).toEqual(["2026-01-04T09:00"]);
    expect(await at("7")).toEqual(["2026-01-03T09:00"]);
    expect(await at("L")).toEqual(["2026-01-03T09:00"]);
    expect(await at("5")).toEqual(["2026-01-01T09:00"]);
    expect(await at("2-6")).toEqual(await at("MON-FRI"));
    expect(await at("mon,Wed,6")).toEqual(["2026-01-02T09:00", "2026-01-05T09:00", "2026-01-07T09:00"]);
    expect(await at("*")).toHaveLength(7);
  });

  test("knows L, W and #", async () => {
    const in2026 = (fields: string) => fire(`cron(0 0 ${fields} *)`, "2025-12-31T23:00:00Z", 90 * DAY);
    const days = async (fields: string) => (await in2026(fields)).map((time) => time.slice(5, 10));
    expect(await days("L * ?")).toEqual(["01-31", "02-28", "03-31"]);
    expect(await days("LW * ?")).toEqual(["01-30", "02-27", "03-31"]);
    expect(await days("15W * ?")).toEqual(["01-15", "02-16", "03-16"]);
    // The nearest weekday stays in its month.
    expect(await days("1W * ?")).toEqual(["01-01", "02-02", "03-02"]);
    expect(await days("? * TUE#3")).toEqual(["01-20", "02-17", "03-17"]);
    expect(await days("? * 6L")).toEqual(["01-30", "02-27", "03-27"]);
    expect(await days("? * FRIL")).toEqual(["01-30", "02-27", "03-27"]);
    // Only January has a fifth Saturday.
    expect(await days("? * 7#5")).toEqual(["01-31"]);
  });

  test("steps from a lone start, from a range and from *", async () => {
    const minutes = async (field: string) =>
      (await fire(`cron(${field} * * * ? *)`, "2025-12-31T23:59:00Z", 60 * MINUTE)).map((time) =>
        time.slice(14),
      );
    expect(await minutes("5/20")).toEqual(["05", "25", "45"]);
    expect(await minutes("*/30")).toEqual(["00", "30"]);
    expect(await minutes("10-20/5")).toEqual(["10", "15", "20"]);
    expect(await minutes("0,15,30-31")).toEqual(["00", "15", "30", "31"]);
    expect(await minutes("08")).toEqual(["08"]);
  });

  test("has years, and runs through many of them at once", async () => {
    expect(await fire("cron(0 12 1 JAN ? 2027,2029)", "2026-06-01T00:00:00Z", 5 * 365 * DAY)).toEqual([
      "2027-01-01T12:00",
      "2029-01-01T12:00",
    ]);
    expect(await fire("cron(0 0 29 2 ? *)", "2026-01-01T00:00:00Z", 8 * 366 * DAY)).toEqual([
      "2028-02-29T00:00",
      "2032-02-29T00:00",
    ]);
    expect(await fire("cron(0 0 1 1 ? 2026/2)", "2026-01-01T00:00:00Z", 5 * 366 * DAY)).toEqual([
      "2028-01-01T00:00",
      "2030-01-01T00:00",
    ]);
  });

  test("ends with the year 2199", async () => {
    const source = make("cron(0 0 1 1 ? *)");
    const rig = await started(source, makeRig(new FakeClock(Date.UTC(2198, 11, 31, 23))));
    await rig.clock.advance(370 * DAY);
    expect(times(rig)).toEqual(["2199-01-01T00:00"]);
    expect(rig.clock.pendingTimers).toBe(0);
    expect(rig.logger.errors).toEqual([expect.stringContaining("never comes again")]);
    await source.stop();
  });

  test("is idle, and says so, when all its years are over", async () => {
    const source = make("cron(0 0 1 1 ? 2020)");
    const rig = await started(source);
    expect(rig.logger.errors).toEqual([expect.stringContaining("never comes again")]);
    await source.stop();
  });

  test("leaves out a time that daylight saving skips, and runs once at one that comes twice", async () => {
    const newYork = (expression: string, from: string) => fire(expression, from, 2 * DAY, "America/New_York");
    expect(await newYork("cron(30 2 * * ? *)", "2026-03-07T12:00:00Z")).toEqual(["2026-03-09T06:30"]);
    expect(await newYork("cron(30 1 * * ? *)", "2026-10-31T12:00:00Z")).toEqual([
      "2026-11-01T05:30",
      "2026-11-02T06:30",
    ]);
    expect(await newYork("cron(30 1,13 * * ? *)", "2026-10-31T20:00:00Z")).toEqual([
      "2026-11-01T05:30",
      "2026-11-01T18:30",
      "2026-11-02T06:30",
      "2026-11-02T18:30",
    ]);
    // An hourly one has no gap and no pause.
    expect(await newYork("cron(0 * * * ? *)", "2026-10-31T12:00:00Z")).toHaveLength(48);
  });

  test.each([
    ["cron(* * * * *)", "5 fields"],
    ["cron()", "0 fields"],
    ["cron(0 9 * * ? * *)", "7 fields"],
    ["cron(* * * * * *)", "exactly one"],
    ["cron(0 9 ? * ? *)", "exactly one"],
    ["cron(0 9 1 * MON *)", "exactly one"],
    ["cron(? 9 * * ? *)", "only day-of-month"],
    ["cron(60 9 * * ? *)", "allowed: 0-59"],
    ["cron(0 24 * * ? *)", "allowed: 0-23"],
    ["cron(0 9 0 * ? *)", "allowed: 1-31"],
    ["cron(0 9 32 * ? *)", "allowed: 1-31"],
    ["cron(0 9 * 13 ? *)", "allowed: 1-12 or JAN-DEC"],
    ["cron(0 9 ? * 0 *)", "allowed: 1-7 or SUN-SAT"],
    ["cron(0 9 ? * 8 *)", "allowed: 1-7 or SUN-SAT"],
    ["cron(0 9 ? * XXX *)", "allowed: 1-7 or SUN-SAT"],
    ["cron(0 9 * * ? 1969)", "allowed: 1970-2199"],
    ["cron(0 9 * * ? 2200)", "allowed: 1970-2199"],
    ["cron(0 9 ? * 3#6 *)", "allowed: 1 to 5"],
    ["cron(0 9 ? * 3#1,6#3 *)", "stands alone"],
    ["cron(0 9 ? * MON/2 *)", "EventBridge allows none"],
    ["cron(0 9 L,5 * ? *)", "stand alone"],
    ["cron(0 9 L-3 * ? *)", "stand alone"],
    ["cron(0 9 32W * ? *)", "allowed: 1-31"],
    ["cron(0/0 9 * * ? *)", "steps"],
    ["cron(0/61 9 * * ? *)", "steps"],
    ["cron(0/5/5 9 * * ? *)", "more than one /"],
    ["cron(1-2-3 9 * * ? *)", "no range"],
    ["cron(0 22-2 * * ? *)", "backwards"],
    ["cron(0 [00-23] ? * * *)", "hours"],
    ["cron(5, 0, 1, *, ?, *)", "exactly one"],
    ["cron(5, 0 1 * ? *)", "empty item"],
    ["cron(0x5 9 * * ? *)", "minutes"],
    ["cron(0 0 31 2 ? *)", "never comes"],
    ["cron(0 0 29 2 ? 2027)", "never comes"],
  ])("refuses %s", (expression, why) => {
    expect(problem(expression)).toContain(why);
  });

  test("agrees with the library's calendar on whatever it takes", async () => {
    const field = (min: number, max: number) =>
      fc.oneof(
        fc.constant("*"),
        fc.integer({ min, max }).map(String),
        fc
          .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
          .map((pair) => pair.toSorted((a, b) => a - b).join("-")),
        fc.array(fc.integer({ min, max }), { minLength: 2, maxLength: 4 }).map((list) => list.join(",")),
      );
    const expression = fc.record({ m: field(0, 59), h: field(0, 23), month: field(1, 12), day: field(1, 7) });
    await fc.assert(
      fc.asyncProperty(
        expression,
        fc.integer({ min: 0, max: 1_000 }),
        async ({ m, h, month, day }, startDay) => {
          const from = Date.UTC(2026, 0, 1 + startDay);
          const source = make(`cron(${m} ${h} ? ${month} ${day} *)`);
          const rig = await started(source, makeRig(new FakeClock(from)));
          // The library in its own numbering, 0 = Sunday.
          const shifted = day.replace(/\d/g, (digit) => String(Number(digit) - 1));
          const oracle = new Cron(`${m} ${h} * ${month} ${shifted}`, { timezone: "UTC", paused: true });
          const due = oracle.nextRun(new Date(from));
          if (due && due.getTime() - from < 100 * DAY) {
            await rig.clock.advance(due.getTime() - from);
            expect(times(rig)).toEqual([due.toISOString().slice(0, 16)]);
          }
          await source.stop();
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("the corpus of expressions", () => {
  const path = corpus("schedules/expressions.txt");
  const refused = [
    "rate(5 minute)",
    "rate(1 minutes)",
    "rate(0 minute)",
    "cron(* * * * *)",
    "cron(5, 0, 1, *, ?, *)",
    "cron(0 [00-23] ? * * *)",
  ];

  test.skipIf(!path)("is taken, but for what EventBridge's rules refuse", () => {
    const expressions = readFileSync(path ?? "", "utf8")
      .split("\n")
      .filter(Boolean);
    expect(expressions.length).toBeGreaterThan(30);
    for (const expression of expressions) {
      const isBad = refused.includes(expression) || expression.startsWith("at(");
      if (isBad) expect(problem(expression)).toContain(expression);
      else expect(() => make(expression), expression).not.toThrow();
    }
  });
});

describe("the event", () => {
  test("has EventBridge's form", async () => {
    const source = make("rate(1 minute)", { name: "nightly" });
    const rig = await started(source);
    await rig.clock.advance(MINUTE);
    await source.stop();
    const [call] = rig.invoker.calls;
    expect(call?.name).toBe("fn");
    expect(call?.options.type).toBe("event");
    const event: EventBridgeEvent<"Scheduled Event", object> = call?.payload as ScheduledEvent;
    expect(event).toEqual({
      version: "0",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: "123456789012",
      time: "2026-01-01T00:01:00Z",
      region: "us-east-1",
      resources: ["arn:aws:events:us-east-1:123456789012:rule/nightly"],
      detail: {},
    });
  });

  const path = corpus("events/sam/cloudwatch/ScheduledEvent.json");
  test.skipIf(!path)("has the keys of SAM's sample", async () => {
    const sample = JSON.parse(readFileSync(path ?? "", "utf8")) as object;
    const source = make("rate(1 minute)");
    const rig = await started(source);
    await rig.clock.advance(MINUTE);
    await source.stop();
    expect(Object.keys(rig.invoker.calls[0]?.payload as object).toSorted()).toEqual(
      [...Object.keys(sample), "version"].toSorted(),
    );
  });

  test.each([{ a: 1 }, "text", null, 0, false])("is replaced by an input: %j", async (input) => {
    const source = make("rate(1 minute)", { input });
    const rig = await started(source);
    await rig.clock.advance(MINUTE);
    await source.stop();
    expect(rig.invoker.calls[0]?.payload).toEqual(input);
  });
});

describe("faults and time", () => {
  test("says what was refused and what failed, and goes on", async () => {
    const source = make("rate(1 minute)", { type: "request" });
    const rig = await started(source);
    rig.invoker.behaviour = () => {
      throw new ThrottledError("no room", "BacklogFull", "maxBacklog", 1);
    };
    await rig.clock.advance(MINUTE);
    rig.invoker.behaviour = () => {
      throw new FunctionFailure("TypeError", "oops");
    };
    await rig.clock.advance(MINUTE);
    rig.invoker.behaviour = () => null;
    await rig.clock.advance(MINUTE);
    await source.stop();
    expect(rig.invoker.calls).toHaveLength(3);
    expect(rig.logger.errors).toEqual([expect.stringContaining("no room")]);
    expect(rig.logger.notes).toEqual([expect.stringContaining("TypeError: oops")]);
  });

  /** A fake clock whose wall clock, or both times, can jump without a timer firing, as when a machine sleeps. */
  function jumping(fake: FakeClock): { clock: Clock; jump(ms: number, both?: boolean): void } {
    const offset = { wall: 0, monotonic: 0 };
    const clock: Clock = {
      now: () => fake.now() + offset.wall,
      monotonicMs: () => fake.monotonicMs() + offset.monotonic,
      setTimer: (callback, delayMs) => fake.setTimer(callback, delayMs),
    };
    const jump = (ms: number, both = false): void => {
      offset.wall += ms;
      if (both) offset.monotonic += ms;
    };
    return { clock, jump };
  }

  test.each(["rate(1 minute)", "cron(* * * * ? *)"])(
    "does not make up for what %s missed",
    async (expression) => {
      const fake = new FakeClock();
      const { clock, jump } = jumping(fake);
      const source = make(expression);
      const rig = makeRig(fake);
      await source.start({ ...rig.context, clock });
      await fake.advance(2 * MINUTE);
      expect(rig.invoker.calls).toHaveLength(2);
      jump(3 * 60 * MINUTE, true);
      await fake.advance(MINUTE);
      expect(rig.invoker.calls).toHaveLength(2);
      expect(rig.logger.errors).toEqual([expect.stringContaining("missed a tick")]);
      await fake.advance(2 * MINUTE);
      expect(rig.invoker.calls).toHaveLength(4);
      await source.stop();
    },
  );

  test("follows a wall clock that is set while it waits", async () => {
    const fake = new FakeClock();
    const { clock, jump } = jumping(fake);
    const source = make("cron(0 12 * * ? *)");
    const rig = makeRig(fake);
    await source.start({ ...rig.context, clock });
    await fake.advance(60 * MINUTE);
    // Set forth from 01:00 to 11:00: noon is one hour away.
    jump(10 * 60 * MINUTE);
    await fake.advance(60 * MINUTE - 1);
    expect(rig.invoker.calls).toHaveLength(0);
    await fake.advance(15 * MINUTE);
    expect(times(rig)).toEqual(["2026-01-01T12:00"]);
    await source.stop();
  });

  test("follows a wall clock that is set back after it was far ahead", async () => {
    const fake = new FakeClock();
    const { clock, jump } = jumping(fake);
    jump(3_650 * DAY);
    const source = make("cron(0 12 * * ? *)");
    const rig = makeRig(fake);
    await source.start({ ...rig.context, clock });
    jump(-3_650 * DAY);
    await fake.advance(DAY);
    expect(times(rig)).toEqual(["2026-01-01T12:00"]);
    await source.stop();
  });

  test("counts periods rightly on a clock with fractions", async () => {
    const start = fc.double({ min: 0, max: 1e7, noNaN: true });
    await fc.assert(
      fc.asyncProperty(start, fc.integer({ min: 1, max: 59 }), async (startMs, count) => {
        const source = make(count === 1 ? "rate(1 minute)" : `rate(${count} minutes)`);
        const rig = await started(source, makeRig(new FakeClock(startMs)));
        await rig.clock.advance(20 * count * MINUTE + 1);
        await source.stop();
        expect(rig.invoker.calls).toHaveLength(20);
      }),
      { numRuns: 100 },
    );
  });

  test("refuses wrong options", () => {
    expect(problem("rate(1 day)", { timezone: "Europe/Atlantis" })).toContain("Europe/Atlantis");
    expect(problem("rate(1 day)", { name: "a b" })).toContain("name");
    expect(problem("rate(1 day)", { function: "" })).toContain("function");
    expect(problem(5 as unknown as string)).toContain("string");
  });

  test("hands its signal on", async () => {
    const source = make("rate(1 minute)");
    const rig = await started(source);
    rig.invoker.behaviour = () => new Promise(() => {});
    await rig.clock.advance(MINUTE);
    rig.abort.abort(new Error("closing"));
    await source.stop();
    await until(() => rig.logger.errors.length > 0);
    expect(rig.invoker.calls[0]?.options.signal?.aborted).toBe(true);
  });
});

describe("conformance", () => {
  for (const expression of ["rate(1 minute)", "cron(* * * * ? *)"]) {
    const checks = eventSourceConformance({
      make: (clock) => ({ source: make(expression), produce: (count) => clock.advance(count * MINUTE) }),
    });
    test.each(checks)(`${expression}: $name`, (check) => check.run());
  }
});
