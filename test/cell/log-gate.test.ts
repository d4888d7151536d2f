import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LOG_LIMIT, LOG_LINE_LIMIT, LogGate } from "../../src/cell/log-gate.ts";

function setUp(): { gate: LogGate; passed: [number, number, string][] } {
  const passed: [number, number, string][] = [];
  return { gate: new LogGate((...line) => passed.push(line)), passed };
}

describe("LogGate", () => {
  it("passes lines as they are, up to the limit of a line", () => {
    const { gate, passed } = setUp();
    gate.write(1, 2, "hello");
    gate.write(1, 4, "x".repeat(LOG_LINE_LIMIT));
    gate.write(2, 4, "x".repeat(LOG_LINE_LIMIT + 1));
    expect(passed[0]).toEqual([1, 2, "hello"]);
    expect(passed.slice(1).map(([, , text]) => text.length)).toEqual([LOG_LINE_LIMIT, LOG_LINE_LIMIT]);
  });

  it("closes once an invocation has written too much, says so once, and opens for the next", () => {
    const line = fc.integer({ min: 0, max: LOG_LINE_LIMIT }).map((length) => "x".repeat(length));
    fc.assert(
      fc.property(fc.array(line, { minLength: 20, maxLength: 120 }), (lines) => {
        const { gate, passed } = setUp();
        for (const text of lines) gate.write(1, 2, text);
        const all = lines.reduce((sum, text) => sum + text.length + 64, 0);
        const notes = passed.filter(([, level]) => level === 3);
        expect(notes).toHaveLength(all > LOG_LIMIT ? 1 : 0);
        const written = passed
          .filter(([, level]) => level === 2)
          .reduce((sum, [, , text]) => sum + text.length, 0);
        expect(written).toBeLessThanOrEqual(LOG_LIMIT);
        gate.begin();
        gate.write(2, 2, "again");
        expect(passed.at(-1)).toEqual([2, 2, "again"]);
      }),
      { numRuns: 30 },
    );
  });

  it("counts lines without text too", () => {
    const { gate, passed } = setUp();
    for (let index = 0; index < 200_000; index++) gate.write(1, 2, "");
    expect(passed.length).toBeLessThan(LOG_LIMIT / 64 + 2);
  });
});
