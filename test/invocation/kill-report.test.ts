import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellKill, overdueKill, passedText, readKillReport } from "../../src/invocation/kill-report.ts";

const REPORT = {
  limit: "limits.cpuMs",
  limitValue: 50,
  value: 80.5,
  unit: "ms",
  durationMs: 90,
  lastHostCall: "now",
  heapBytes: 7,
  logLines: ["a"],
  stack: ["    at f (/var/task/index.js:1:1)"],
} as const;

describe("a kill report", () => {
  it("is read as it was written", () => {
    expect(readKillReport(JSON.stringify(REPORT))).toEqual(REPORT);
    const { lastHostCall: _call, stack: _stack, ...least } = REPORT;
    expect(readKillReport(JSON.stringify(least))).toEqual(least);
  });

  it("is nothing when there is none, and never throws whatever it is read from", () => {
    expect(readKillReport("")).toBeUndefined();
    expect(readKillReport("{")).toBeUndefined();
    fc.assert(
      fc.property(
        fc.json(),
        fc.record({ limit: fc.anything(), unit: fc.constant("ms"), logLines: fc.anything() }),
        (text, fields) => {
          readKillReport(text);
          const report = readKillReport(
            JSON.stringify(fields, (_key, value: unknown) => (typeof value === "bigint" ? 1 : value)),
          );
          if (!report) return;
          expect(typeof report.limit).toBe("string");
          expect(report.logLines.every((line) => typeof line === "string")).toBe(true);
          expect(typeof report.heapBytes).toBe("number");
        },
      ),
    );
  });

  it("says by how much a limit was passed", () => {
    expect(passedText(REPORT)).toBe("limits.cpuMs of 50 ms passed by 30.5 ms, at 80.5 ms");
    expect(passedText({ limit: "limits.timers", limitValue: 5, value: 6, unit: "timers" })).toBe(
      "limits.timers of 5 passed by 1, at 6",
    );
    expect(passedText({ limit: "memoryMb", limitValue: 16, value: 16, unit: "MB" })).toBe(
      "memoryMb of 16 MB passed by 0 MB, at 16 MB",
    );
  });

  it("can be made from what the host knows alone", () => {
    expect(overdueKill("timeoutMs", 100, 203)).toEqual({
      limit: "timeoutMs",
      limitValue: 100,
      value: 203,
      unit: "ms",
      durationMs: 203,
      heapBytes: 0,
      logLines: [],
    });
    expect(passedText(cellKill(5))).toBe("the cell it ran in was lost");
  });
});
