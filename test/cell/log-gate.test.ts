import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LOG_FLOOD_FACTOR, LogGate } from "../../src/cell/log-gate.ts";
import { LOG_LINE_LIMIT } from "../../src/guest/contract.ts";

const LIMITS = { logLines: 1_000, logBytes: 8_388_608 };

function setUp(): { gate: LogGate; passed: [number, number, string][] } {
  const passed: [number, number, string][] = [];
  return { gate: new LogGate(LIMITS, (...line) => passed.push(line)), passed };
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
        const all = lines.reduce((sum, text) => sum + text.length + 1, 0);
        const notes = passed.filter(([, level]) => level === 3);
        expect(notes).toHaveLength(all > LIMITS.logBytes ? 1 : 0);
        const written = passed
          .filter(([, level]) => level === 2)
          .reduce((sum, [, , text]) => sum + text.length, 0);
        expect(written).toBeLessThanOrEqual(LIMITS.logBytes);
        gate.begin();
        gate.write(2, 2, "again");
        expect(passed.at(-1)).toEqual([2, 2, "again"]);
      }),
      { numRuns: 30 },
    );
  });

  it("counts lines without text too", () => {
    const { gate, passed } = setUp();
    for (let index = 0; index < 5_000; index++) gate.write(1, 2, "");
    expect(passed).toHaveLength(LIMITS.logLines + 1);
    expect(passed.at(-1)?.[2]).toContain("limits.logLines of 1000 lines");
  });

  it("counts bytes, not characters", () => {
    const passed: string[] = [];
    const gate = new LogGate({ logLines: 10, logBytes: 1_024 }, (_number, _level, text) => passed.push(text));
    gate.write(1, 2, "é".repeat(600));
    expect(passed).toEqual([expect.stringContaining("limits.logBytes of 1024 bytes")]);
  });

  it("tells a flood of lines and of bytes at ten times the limit, and not before", () => {
    const { gate } = setUp();
    const most = LIMITS.logLines * LOG_FLOOD_FACTOR;
    for (let index = 0; index < most; index++) expect(gate.write(1, 2, "")).toBeUndefined();
    expect(gate.write(1, 2, "")).toEqual({
      limit: "limits.logLines",
      limitValue: LIMITS.logLines,
      value: most + 1,
      unit: "lines",
    });
    gate.begin();
    expect(gate.write(1, 2, "")).toBeUndefined();
    const large = new LogGate({ logLines: 1_000, logBytes: 1_024 }, () => undefined);
    let flood;
    for (let index = 0; index < 11 && !flood; index++) flood = large.write(1, 2, "x".repeat(1_023));
    expect(flood).toEqual({ limit: "limits.logBytes", limitValue: 1_024, value: 11_264, unit: "bytes" });
  });

  it("keeps the last five lines of the invocation, the beginning of each", () => {
    const { gate } = setUp();
    for (let index = 0; index < 7; index++) gate.write(1, 2, `${index}${"x".repeat(1_000)}`);
    expect(gate.lastLines.map((line) => line[0])).toEqual(["2", "3", "4", "5", "6"]);
    expect(gate.lastLines.every((line) => line.length === 512)).toBe(true);
    gate.begin();
    expect(gate.lastLines).toEqual([]);
  });
});
