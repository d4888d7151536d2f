import { availableParallelism } from "node:os";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidOptionError } from "../src/base/errors.ts";
import { systemClock } from "../src/base/clock.ts";
import { FakeClock } from "../src/base/fake-clock.ts";
import { resolveOptions, type EngineOptions } from "../src/options.ts";

/** Every number with its range and default, as `EngineOptions` documents them. */
const NUMBERS = [
  ["accountConcurrency", 1, 100_000, 1_000],
  ["maxQueued", 0, 1_000_000, 10_000],
  ["maxQueuedPerFunction", 0, 1_000_000, 1_000],
  ["queueDeadlineMs", 1, 3_600_000, 10_000],
  ["payloadLimitBytes", 1_024, 1_073_741_824, 6_291_456],
  ["codeLimitBytes", 1_024, 1_073_741_824, 52_428_800],
  ["initTimeoutMs", 10, 900_000, 10_000],
  ["keepAliveMs", 0, 86_400_000, 600_000],
  ["memoryBudgetMb", 16, 1_048_576, undefined],
  ["billingGranularityMs", 1, 1_000, 1],
  ["maxVersions", 1, 1_000, 10],
  ["cells.count", 1, 64, Math.min(64, availableParallelism())],
  ["cells.prepared", 0, 16, 1],
  ["cells.spares", 0, 16, 1],
  ["cells.maxEnvironments", 1, 10_000, 1_000],
  ["cells.memoryMb", 64, 1_048_576, undefined],
  ["cells.recycleAfter", 0, 1_000_000_000, 1_000_000],
  ["cells.maxTenants", 1, 10_000, 32],
] as const;

/** Options that hold `value` at a path such as `cells.count`. */
function withValue(path: string, value: unknown): EngineOptions {
  const [first = "", second] = path.split(".");
  return { [first]: second === undefined ? value : { [second]: value } };
}

function read(options: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], options);
}

function refusal(options: unknown): InvalidOptionError {
  try {
    resolveOptions(options as EngineOptions);
  } catch (error) {
    if (error instanceof InvalidOptionError) return error;
    throw error;
  }
  throw new Error("the options were taken");
}

describe.each(NUMBERS)("the option %s", (path, min, max, fallback) => {
  it(`takes every integer from ${min} to ${max}`, () => {
    for (const value of [min, max]) expect(read(resolveOptions(withValue(path, value)), path)).toBe(value);
    fc.assert(
      fc.property(fc.integer({ min, max }), (value) => {
        expect(read(resolveOptions(withValue(path, value)), path)).toBe(value);
      }),
      { numRuns: 20 },
    );
  });

  it("has a default, which it may also take", () => {
    const value = read(resolveOptions(), path);
    if (fallback !== undefined) expect(value).toBe(fallback);
    expect(value).toBeGreaterThanOrEqual(min);
    expect(value).toBeLessThanOrEqual(max);
    expect(read(resolveOptions(withValue(path, undefined)), path)).toBe(value);
  });

  it.each([
    min - 1,
    max + 1,
    min + 0.5,
    Number.NaN,
    Infinity,
    -Infinity,
    `${min}`,
    null,
    true,
    [min],
    {},
    1n,
  ])("refuses %s and names itself, the value and the range", (value) => {
    const error = refusal(withValue(path, value));
    expect(error).toMatchObject({ code: "INVALID_OPTION", fault: "caller", field: path });
    expect(error.message).toContain(`Engine: ${path} is `);
    expect(error.message).toContain(`an integer from ${min} to ${max}`);
  });
});

describe("options in words", () => {
  it.each([
    ["region", "eu-central-1", "us-east-1"],
    ["region", "us-gov-west-1", "us-east-1"],
    ["accountId", "210987654321", "123456789012"],
    ["logFormat", "json", "text"],
    ["logFormat", "text", "text"],
    ["isolation", "in-process", "in-process"],
    ["isolation", "process", "in-process"],
    ["isolation", "process-per-tenant", "in-process"],
  ])("%s takes %s; default %s", (field, value, fallback) => {
    expect(read(resolveOptions(withValue(field, value)), field)).toBe(value);
    expect(read(resolveOptions(), field)).toBe(fallback);
  });

  it.each([
    ["region", "", "us-east-1"],
    ["region", "US-EAST-1", "us-east-1"],
    ["region", "us-east-1:x", "us-east-1"],
    ["region", "us-east-1\n", "us-east-1"],
    ["region", null, "us-east-1"],
    ["accountId", "12345678901", "twelve digits"],
    ["accountId", 123456789012, "twelve digits"],
    ["accountId", "123456789012\n", "twelve digits"],
    ["logFormat", "JSON", '"text" or "json"'],
    ["logFormat", null, '"text" or "json"'],
    ["isolation", "thread", '"in-process" or "process" or "process-per-tenant"'],
    ["cells", 2, "an object"],
    ["cells", [], "an object"],
    ["cells", null, "an object"],
    ["defaults", "x", "an object"],
    ["defaults", null, "an object"],
  ])("%s refuses %j", (field, value, allowed) => {
    const error = refusal(withValue(field, value));
    expect(error.field).toBe(field);
    expect(error.message).toContain(allowed);
  });
});

describe("resolveOptions", () => {
  it("refuses an option it doesn't know and lists those it does", () => {
    const error = refusal({ acountConcurrency: 5 });
    expect(error.field).toBe("acountConcurrency");
    expect(error.message).toContain("is 5");
    for (const field of ["accountConcurrency", "region", "logFormat", "cells", "clock"]) {
      expect(error.message).toContain(field);
    }
  });

  it("refuses an option of cells it doesn't know", () => {
    const error = refusal({ cells: { coutn: 2 } });
    expect(error.field).toBe("cells.coutn");
    expect(error.message).toContain("count");
    expect(error.message).toContain("prepared");
  });

  it.each([[null], ["options"], [5], [true], [[]]])("refuses %j in place of options", (options) => {
    expect(refusal(options).message).toContain("allowed: an object");
  });

  it("takes the clock and the request ids given, else the machine's", () => {
    const clock = new FakeClock();
    const requestIds = (): string => "id";
    expect(resolveOptions({ clock, requestIds })).toMatchObject({ clock, requestIds });
    expect(resolveOptions().clock).toBe(systemClock);
    expect(resolveOptions().requestIds()).not.toBe(resolveOptions().requestIds());
  });

  it("gives what nobody can change, nor through the object it was given", () => {
    const given = { cells: { count: 2 }, defaults: { timeoutMs: 100 } };
    const resolved = resolveOptions(given);
    given.cells.count = 3;
    given.defaults.timeoutMs = 1;
    expect(resolved).toMatchObject({ cells: { count: 2, prepared: 1 }, defaults: { timeoutMs: 100 } });
    for (const part of [resolved, resolved.cells, resolved.defaults])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it("knows every option in its answer", () => {
    const { cells, ...rest } = resolveOptions();
    expect(resolveOptions({ ...rest, cells })).toEqual({ ...rest, cells });
  });
});
