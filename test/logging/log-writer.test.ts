import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Invocation } from "../../src/invocation/invocation.ts";
import { LOG_TAIL_BYTES, LogWriter, tailText } from "../../src/logging/log-writer.ts";
import type { LogRecord } from "../../src/logging/record.ts";
import { makeInvocation } from "../invocation/support.ts";
import { makeRecord } from "../metering/support.ts";

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const TIME = "2026-01-02T03:04:05.678Z";
const source = { functionName: "greet", functionVersion: "1", logStreamName: "stream" };
const succeeded = { outcome: "succeeded", text: "1", durationMs: 1.25, cpuMs: 1 } as const;
const REPORT =
  "REPORT RequestId: req-1\tDuration: 1.25 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 10 MB\t";

function setUp(wanted = true): { writer: LogWriter; records: LogRecord[]; lines: () => string[] } {
  const records: LogRecord[] = [];
  const writer = new LogWriter(
    "text",
    () => wanted,
    (record) => records.push(record),
  );
  return { writer, records, lines: () => records.map(({ line }) => line) };
}

describe("LogWriter", () => {
  it("writes START, the function's lines, END and REPORT, in that order", () => {
    const { writer, lines } = setUp();
    const invocation = makeInvocation();
    writer.functionLine(source, invocation, 2, "hello", AT);
    writer.functionLine(source, invocation, 4, "oh", AT);
    writer.finish(source, invocation, succeeded, makeRecord(), AT);
    expect(lines()).toEqual([
      "START RequestId: req-1 Version: 1",
      `${TIME}\treq-1\tINFO\thello`,
      `${TIME}\treq-1\tERROR\toh`,
      "END RequestId: req-1",
      REPORT,
    ]);
  });

  it("writes START and END for one that logged nothing", () => {
    const { writer, lines } = setUp();
    writer.finish(source, makeInvocation(), succeeded, makeRecord(), AT);
    expect(lines()).toEqual(["START RequestId: req-1 Version: 1", "END RequestId: req-1", REPORT]);
  });

  it("writes a failure before END", () => {
    const { writer, lines } = setUp();
    const error = { errorType: "Error", errorMessage: "m" };
    const completion = { ...succeeded, outcome: "failed", text: "", error } as const;
    writer.finish(source, makeInvocation(), completion, makeRecord({ outcome: "failed" }), AT);
    expect(lines()[1]).toBe(`${TIME}\treq-1\tERROR\tInvoke Error \t${JSON.stringify(error)}`);
    expect(lines()[2]).toBe("END RequestId: req-1");
  });

  it("writes what a record is of", () => {
    const { writer, records } = setUp();
    writer.functionLine(source, makeInvocation({ tenant: "t1" }), 3, "careful", AT);
    expect(records[1]).toEqual({
      origin: "function",
      functionName: "greet",
      functionVersion: "1",
      requestId: "req-1",
      tenant: "t1",
      level: "WARN",
      timeMs: AT,
      message: "careful",
      line: `${TIME}\treq-1\tWARN\tcareful`,
      logStreamName: "stream",
    });
    expect(records[0]).toMatchObject({ origin: "platform", level: "INFO" });
  });

  it("knows no request during init, and writes no START then", () => {
    const { writer, records } = setUp();
    writer.functionLine(source, undefined, 2, "early", AT);
    expect(records).toHaveLength(1);
    expect("requestId" in (records[0] ?? {})).toBe(false);
  });

  it("takes a level nobody knows as INFO", () => {
    const { writer, records } = setUp();
    for (const level of [-1, 6, 1.5, Number.NaN]) writer.functionLine(source, undefined, level, "x", AT);
    expect(records.map(({ level }) => level)).toEqual(["INFO", "INFO", "INFO", "INFO"]);
  });

  it("counts log bytes whether or not anyone listens", () => {
    for (const wanted of [true, false]) {
      const { writer, records } = setUp(wanted);
      const invocation = makeInvocation();
      writer.functionLine(source, invocation, 2, "€", AT);
      writer.functionLine(source, invocation, 2, "ab", AT);
      expect(invocation.logBytes).toBe(7);
      expect(records.length > 0).toBe(wanted);
    }
  });

  it("keeps a tail for who asked for one, although nobody listens", () => {
    const { writer, records } = setUp(false);
    const invocation = makeInvocation({ logTail: true });
    writer.functionLine(source, invocation, 2, "hello", AT);
    writer.finish(source, invocation, succeeded, makeRecord(), AT);
    expect(records).toEqual([]);
    expect(tailText(invocation.tail)).toBe(
      `START RequestId: req-1 Version: 1\n${TIME}\treq-1\tINFO\thello\nEND RequestId: req-1\n${REPORT}\n`,
    );
  });

  it("writes an INIT_REPORT without a request", () => {
    const { writer, records } = setUp();
    writer.initReport(source, 5, "Runtime.ExitError", undefined, AT);
    expect(records[0]).toMatchObject({ origin: "platform", level: "ERROR", logStreamName: "stream" });
    expect(records[0]?.line).toContain("INIT_REPORT Init Duration: 5.00 ms");
  });

  const KILL = {
    limit: "limits.cpuMs",
    limitValue: 50,
    value: 75.25,
    unit: "ms",
    durationMs: 80,
    lastHostCall: "random-uuid",
    heapBytes: 3_145_728,
    logLines: ["hello"],
    stack: ["    at spin (/var/task/index.js:1:2)"],
  } as const;
  const killed = { ...succeeded, outcome: "failed", text: "", kill: KILL } as const;

  it("writes what an invocation was killed for before its END", () => {
    const { writer, records } = setUp();
    writer.finish(source, makeInvocation(), killed, makeRecord(), AT);
    expect(records.map(({ line }) => line.split(" ")[0])).toEqual(["START", "KILL", "END", "REPORT"]);
    expect(records[1]).toMatchObject({ origin: "platform", level: "ERROR", requestId: "req-1" });
    expect(records[1]?.line).toBe(
      "KILL RequestId: req-1\tLimit: limits.cpuMs\tLimit Value: 50 ms\tValue: 75.25 ms\tDuration: 80.00 ms\t" +
        "Heap: 3.0 MB\tLast Host Call: random-uuid\tStack: at spin (/var/task/index.js:1:2)\t",
    );
  });

  it("writes it in JSON without the lines that are in the log already", () => {
    const lines: string[] = [];
    const writer = new LogWriter(
      "json",
      () => true,
      ({ line }) => lines.push(line),
    );
    writer.finish(source, makeInvocation(), killed, makeRecord(), AT);
    const { logLines: _lines, ...rest } = KILL;
    expect(JSON.parse(lines[1] ?? "")).toEqual({
      time: TIME,
      type: "platform.kill",
      record: { requestId: "req-1", ...rest },
    });
  });

  it("writes what an init was killed for before its INIT_REPORT", () => {
    const { writer, records } = setUp();
    writer.initReport(source, 5, "Sandbox.LimitExceeded", KILL, AT);
    expect(records.map(({ line }) => line.split(" ")[0])).toEqual(["KILL", "INIT_REPORT"]);
    expect(records[0]?.line).toContain("KILL RequestId: undefined\tLimit: limits.cpuMs");
  });

  it("writes JSON lines in that format", () => {
    const lines: string[] = [];
    const writer = new LogWriter(
      "json",
      () => true,
      ({ line }) => lines.push(line),
    );
    const invocation = makeInvocation();
    writer.functionLine(source, invocation, 2, JSON.stringify({ message: "hello" }), AT);
    writer.finish(source, invocation, succeeded, makeRecord(), AT);
    const parsed = lines.map((line) => JSON.parse(line) as { type?: string; message?: string });
    expect(parsed.map(({ type, message }) => type ?? message)).toEqual([
      "platform.start",
      "hello",
      "platform.runtimeDone",
      "platform.report",
    ]);
  });
});

describe("a tail", () => {
  /** What an invocation that logs `texts` keeps, and everything it logged. */
  function tailOf(texts: readonly string[]): { tail: string; all: string; invocation: Invocation } {
    const { writer, lines } = setUp();
    const invocation = makeInvocation({ logTail: true });
    for (const text of texts) writer.functionLine(source, invocation, 2, text, AT);
    return {
      tail: tailText(invocation.tail),
      all: lines()
        .map((line) => `${line}\n`)
        .join(""),
      invocation,
    };
  }

  it("is the end of the log, whole characters, and as much of it as 4 KB hold", () => {
    const text = fc
      .array(fc.tuple(fc.constantFrom("x", "é", "€", "😀"), fc.integer({ min: 1, max: 800 })), {
        maxLength: 6,
      })
      .map((runs) => runs.map(([character, count]) => character.repeat(count)).join(""));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), (texts) => {
        const { tail, all } = tailOf(texts);
        const bytes = Buffer.byteLength(tail);
        expect(bytes).toBeLessThanOrEqual(LOG_TAIL_BYTES);
        expect(all.endsWith(tail)).toBe(true);
        // A character more would be too much: at most three of its bytes are left unused.
        expect(bytes).toBeGreaterThan(Math.min(Buffer.byteLength(all) - 1, LOG_TAIL_BYTES - 4));
      }),
      { numRuns: 60 },
    );
  });

  it.each(["é", "€", "😀"])("is cut between characters of %s", (character) => {
    for (let shift = 0; shift < 4; shift++) {
      const { tail } = tailOf([`${character.repeat(5_000)}${"x".repeat(shift)}`]);
      expect(tail).toMatch(new RegExp(`^(?:${character})+x{${shift}}\n$`, "u"));
    }
  });

  it("holds few lines however much is logged", () => {
    const { invocation } = tailOf(Array.from({ length: 2_000 }, (_, index) => `line ${index}`));
    expect(invocation.tail.length).toBeLessThan(200);
  });
});
