import { describe, expect, it } from "vitest";
import { jsonLines, statusOf, textLines } from "../../src/logging/lines.ts";
import { makeRecord } from "../metering/support.ts";

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const TIME = "2026-01-02T03:04:05.678Z";
const facts = { requestId: "req-1", functionVersion: "7", tenant: undefined };
const ofTenant = { ...facts, tenant: "t1" };
const error = {
  errorType: "TypeError",
  errorMessage: "x is not a function",
  trace: ["TypeError: x", "    at f"],
};

describe("text lines", () => {
  it("are START and END as Lambda writes them", () => {
    expect(textLines.start(facts, AT)).toBe("START RequestId: req-1 Version: 7");
    expect(textLines.end(facts, AT, "success")).toBe("END RequestId: req-1");
  });

  it("write time, id, level and text between tabs", () => {
    expect(textLines.functionLine(facts, "INFO", AT, "hello\tworld")).toEqual({
      message: "hello\tworld",
      line: `${TIME}\treq-1\tINFO\thello\tworld`,
    });
  });

  it("write undefined for the id during init", () => {
    const { line } = textLines.functionLine({ ...facts, requestId: undefined }, "WARN", AT, "early");
    expect(line).toBe(`${TIME}\tundefined\tWARN\tearly`);
  });

  it("keep a record on one line", () => {
    const { line, message } = textLines.functionLine(facts, "INFO", AT, "one\ntwo\nthree");
    expect(line).toBe(`${TIME}\treq-1\tINFO\tone\rtwo\rthree`);
    expect(message).toBe("one\ntwo\nthree");
  });

  it.each([
    [{}, ""],
    [{ initMs: 12.345 }, "Init Duration: 12.35 ms\t"],
    [{ outcome: "timeout", errorType: "Sandbox.Timedout" }, "Status: timeout\t"],
    [{ outcome: "failed", errorType: "TypeError" }, ""],
    [{ outcome: "failed", errorType: "Runtime.ExitError" }, "Status: error\tError Type: Runtime.ExitError\t"],
    [
      { outcome: "failed", errorType: "Runtime.OutOfMemory", initMs: 1 },
      "Init Duration: 1.00 ms\tStatus: error\tError Type: Runtime.OutOfMemory\t",
    ],
    [{ outcome: "lost", errorType: "Sandbox.CellLost" }, "Status: error\tError Type: Sandbox.CellLost\t"],
  ] as const)("write the REPORT of %o", (fields, end) => {
    const line = textLines.report(
      facts,
      AT,
      makeRecord({ durationMs: 3.14159, billedDurationMs: 4, ...fields }),
    );
    expect(line).toBe(
      "REPORT RequestId: req-1\tDuration: 3.14 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 10 MB\t" +
        end,
    );
  });

  it("write INIT_REPORT", () => {
    expect(textLines.initReport(AT, 9.999, "Runtime.ExitError")).toBe(
      "INIT_REPORT Init Duration: 10.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError",
    );
  });

  it("write a failure as the runtime client does", () => {
    const { errorType, errorMessage, trace } = error;
    const body = JSON.stringify({ errorType, errorMessage, stack: trace });
    expect(textLines.failure(error)).toBe(`Invoke Error \t${body}`);
    const unhandled = { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: x" };
    expect(textLines.failure(unhandled)).toBe(`Unhandled Promise Rejection \t${JSON.stringify(unhandled)}`);
  });
});

describe("JSON lines", () => {
  it("are platform.start and platform.runtimeDone", () => {
    expect(JSON.parse(jsonLines.start(facts, AT))).toEqual({
      time: TIME,
      type: "platform.start",
      record: { requestId: "req-1", version: "7" },
    });
    expect(JSON.parse(jsonLines.end(facts, AT, "timeout"))).toEqual({
      time: TIME,
      type: "platform.runtimeDone",
      record: { requestId: "req-1", status: "timeout" },
    });
  });

  it("write the platform's fields before the guest's", () => {
    const { line, message } = jsonLines.functionLine(
      ofTenant,
      "ERROR",
      AT,
      JSON.stringify({ message: "hello" }),
    );
    expect(line).toBe(
      JSON.stringify({
        timestamp: TIME,
        level: "ERROR",
        requestId: "req-1",
        tenantId: "t1",
        message: "hello",
      }),
    );
    expect(message).toBe("hello");
  });

  it("write a message that is no text as it is", () => {
    const { line, message } = jsonLines.functionLine(
      facts,
      "INFO",
      AT,
      JSON.stringify({ message: { a: 1 } }),
    );
    expect(JSON.parse(line)).toMatchObject({ message: { a: 1 } });
    expect(message).toBe('{"a":1}');
    expect(jsonLines.functionLine(facts, "INFO", AT, "{}").message).toBe("null");
  });

  it.each(["plain text", "", "[1]", "5", "null", '"quoted"', '{"broken":'])(
    "take %j as the message",
    (text) => {
      const { line, message } = jsonLines.functionLine(facts, "INFO", AT, text);
      expect(message).toBe(text);
      expect(JSON.parse(line)).toMatchObject({ message: text, requestId: "req-1" });
    },
  );

  it("let no guest speak for the platform", () => {
    const forged = { timestamp: "then", level: "FATAL", requestId: "req-2", tenantId: "t2", message: "m" };
    const { line } = jsonLines.functionLine(ofTenant, "INFO", AT, JSON.stringify(forged));
    expect(JSON.parse(line)).toEqual({
      timestamp: TIME,
      level: "INFO",
      requestId: "req-1",
      tenantId: "t1",
      message: "m",
    });
  });

  it("write platform.report with its metrics", () => {
    const record = makeRecord({ durationMs: 3.14159, billedDurationMs: 4, initMs: 2.00049 });
    expect(JSON.parse(jsonLines.report(facts, AT, record))).toEqual({
      time: TIME,
      type: "platform.report",
      record: {
        requestId: "req-1",
        metrics: {
          durationMs: 3.142,
          billedDurationMs: 4,
          memorySizeMB: 128,
          maxMemoryUsedMB: 10,
          initDurationMs: 2,
        },
        status: "success",
      },
    });
  });

  it("name the error type of the platform's failures only", () => {
    const report = (errorType: string): unknown =>
      (
        JSON.parse(jsonLines.report(facts, AT, makeRecord({ outcome: "failed", errorType }))) as {
          record: unknown;
        }
      ).record;
    expect(report("Runtime.ExitError")).toMatchObject({ status: "error", errorType: "Runtime.ExitError" });
    expect(report("TypeError")).not.toHaveProperty("errorType");
    expect(report("TypeError")).not.toHaveProperty("metrics.initDurationMs");
  });

  it("write platform.initReport", () => {
    expect(JSON.parse(jsonLines.initReport(AT, 5.12345, "Runtime.ImportModuleError"))).toEqual({
      time: TIME,
      type: "platform.initReport",
      record: {
        initializationType: "on-demand",
        phase: "init",
        status: "error",
        errorType: "Runtime.ImportModuleError",
        metrics: { durationMs: 5.123 },
      },
    });
  });

  it("write a failure as the runtime client does", () => {
    const { errorType, errorMessage, trace } = error;
    expect(JSON.parse(jsonLines.failure(error))).toEqual({
      message: { errorType, errorMessage, stackTrace: trace },
    });
  });
});

describe("statusOf", () => {
  it.each([
    ["succeeded", "success"],
    ["timeout", "timeout"],
    ["failed", "error"],
    ["aborted", "error"],
    ["throttled", "error"],
    ["lost", "error"],
  ] as const)("calls %s %s", (outcome, status) => {
    expect(statusOf(makeRecord({ outcome }))).toBe(status);
  });
});
