import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellLost, readGuestError, timedOut, tooLarge } from "../../src/invocation/failures.ts";

describe("timedOut", () => {
  it.each([
    [3_000, "3.00"],
    [1, "0.00"],
    [1_234, "1.23"],
    [900_000, "900.00"],
  ])("writes %d ms as Lambda does", (ms, seconds) => {
    expect(timedOut("req-1", ms)).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: req-1 Error: Task timed out after ${seconds} seconds`,
    });
  });
});

describe("tooLarge", () => {
  it("measures bytes and refuses exactly what is over the limit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), fc.nat({ max: 80 }), (text, limit) => {
        expect(tooLarge(text, limit) !== undefined).toBe(Buffer.byteLength(text) > limit);
      }),
    );
  });

  it("says both sizes as Lambda does", () => {
    expect(tooLarge("€€", 5)).toEqual({
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size (6 bytes) exceeded maximum allowed payload size (5 bytes).",
    });
  });
});

describe("cellLost", () => {
  it("names the request and the reason", () => {
    const { errorType, errorMessage } = cellLost("req-1", "exit code 1");
    expect(errorType).toBe("Sandbox.CellLost");
    expect(errorMessage).toContain("req-1");
    expect(errorMessage).toContain("exit code 1");
  });
});

describe("readGuestError", () => {
  it("reads type, message and trace", () => {
    const error = { errorType: "TypeError", errorMessage: "m", trace: ["TypeError: m", "    at f"] };
    expect(readGuestError(JSON.stringify(error), "req-1")).toEqual(error);
  });

  it("starts the platform's own messages with the request id", () => {
    for (const errorType of ["Runtime.ExitError", "Runtime.OutOfMemory"]) {
      const text = JSON.stringify({ errorType, errorMessage: "Error: exit" });
      expect(readGuestError(text, "req-1").errorMessage).toBe("RequestId: req-1 Error: exit");
    }
  });

  it("reads anything at all without throwing, into texts only", () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record(
          {
            errorType: fc.jsonValue(),
            errorMessage: fc.jsonValue(),
            trace: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const { errorType, errorMessage, trace } = readGuestError(text, "req-1");
        expect(typeof errorType).toBe("string");
        expect(typeof errorMessage).toBe("string");
        expect(trace === undefined || trace.every((line) => typeof line === "string")).toBe(true);
      }),
    );
  });
});
