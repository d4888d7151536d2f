import { describe, expect, it } from "vitest";
import {
  AbortedError,
  CellLostError,
  describeValue,
  EngineClosedError,
  ERROR_CODES,
  FunctionConflictError,
  FunctionNotFoundError,
  FunctionRefusedError,
  InvalidCodeError,
  InvalidNameError,
  InvalidOptionError,
  InvalidPayloadError,
  IsoletError,
  PayloadTooLargeError,
  PlatformError,
  SourceError,
  ThrottledError,
} from "../../src/base/errors.ts";

const cause = new Error("cause");

const EVERY = [
  [
    new InvalidOptionError("Engine", "maxQueued", -1, "0 to 10", "INVALID_OPTION"),
    "InvalidOptionError",
    "INVALID_OPTION",
    "caller",
    false,
  ],
  [
    new InvalidOptionError("fn", "retry", null, "an object", "INVALID_SETTING"),
    "InvalidOptionError",
    "INVALID_SETTING",
    "caller",
    false,
  ],
  [
    new InvalidCodeError("m", "Runtime.UserCodeSyntaxError", cause),
    "InvalidCodeError",
    "INVALID_CODE",
    "caller",
    false,
  ],
  [new InvalidNameError("m"), "InvalidNameError", "INVALID_NAME", "caller", false],
  [new FunctionNotFoundError("m"), "FunctionNotFoundError", "FUNCTION_NOT_FOUND", "caller", false],
  [new FunctionRefusedError("fn", "1"), "FunctionRefusedError", "FUNCTION_REFUSED", "function", false],
  [new FunctionConflictError("m"), "FunctionConflictError", "FUNCTION_CONFLICT", "caller", false],
  [new InvalidPayloadError("m", cause), "InvalidPayloadError", "INVALID_PAYLOAD", "caller", false],
  [new PayloadTooLargeError(2, 1), "PayloadTooLargeError", "PAYLOAD_TOO_LARGE", "caller", false],
  [new ThrottledError("m", "BacklogFull", "maxQueued", 5), "ThrottledError", "THROTTLED", "platform", true],
  [new AbortedError("m", cause), "AbortedError", "ABORTED", "caller", false],
  [new EngineClosedError(), "EngineClosedError", "ENGINE_CLOSED", "caller", false],
  [new SourceError("m", "INVALID_SOURCE"), "SourceError", "INVALID_SOURCE", "caller", false],
  [new SourceError("m", "SOURCE_CONFLICT", cause), "SourceError", "SOURCE_CONFLICT", "caller", false],
  [new CellLostError("m"), "CellLostError", "CELL_LOST", "platform", true],
  [new PlatformError("m", cause), "PlatformError", "PLATFORM", "platform", false],
] as const;

describe("errors", () => {
  it.each(EVERY)(
    "%s is told apart by its name, code, fault and retryable",
    (error, name, code, fault, retryable) => {
      expect(error).toBeInstanceOf(IsoletError);
      expect(error).toBeInstanceOf(Error);
      expect({ name: error.name, code: error.code, fault: error.fault, retryable: error.retryable }).toEqual({
        name,
        code,
        fault,
        retryable,
      });
      expect(error.stack).toContain(error.constructor.name);
    },
  );

  it("have a class for every code but FUNCTION_FAILED, which belongs to callables", () => {
    const covered = new Set<string>(EVERY.map(([, , code]) => code));
    expect(Object.keys(ERROR_CODES).filter((code) => !covered.has(code))).toEqual(["FUNCTION_FAILED"]);
  });

  it("carry a cause only when there is one", () => {
    expect(new PlatformError("m", cause).cause).toBe(cause);
    expect("cause" in new PlatformError("m")).toBe(false);
    expect(new AbortedError("m", "reason").cause).toBe("reason");
  });

  it("name the refused field, its value and what is allowed", () => {
    const error = new InvalidOptionError(
      "Engine",
      "maxQueued",
      -1,
      "an integer from 0 to 10",
      "INVALID_OPTION",
    );
    expect(error.message).toBe("Engine: maxQueued is -1; allowed: an integer from 0 to 10.");
    expect(error).toMatchObject({ field: "maxQueued", value: -1, allowed: "an integer from 0 to 10" });
  });

  it("name the payload's size, the limit, its value and what to do", () => {
    const error = new PayloadTooLargeError(7_000_000, 6_291_456);
    expect(error.message).toContain("7000000 bytes");
    expect(error.message).toContain("payloadLimitBytes of 6291456");
    expect(error).toMatchObject({ sizeBytes: 7_000_000, limitBytes: 6_291_456 });
  });

  it("name the limit that throttled", () => {
    const error = new ThrottledError("m", "FunctionBacklogFull", "maxQueuedPerFunction", 7);
    expect(error).toMatchObject({
      reason: "FunctionBacklogFull",
      limit: "maxQueuedPerFunction",
      limitValue: 7,
    });
  });
});

describe("describeValue", () => {
  it.each([
    ["text", '"text"'],
    ['quo"te\n', String.raw`"quo\"te\n"`],
    [1.5, "1.5"],
    [Number.NaN, "NaN"],
    [true, "true"],
    [null, "null"],
    [undefined, "undefined"],
    [Symbol("s"), "Symbol(s)"],
    [[1], "an array"],
    [{ a: 1 }, "an object"],
    [Object.create(null), "an object"],
    [() => 1, "a function"],
  ])("writes %j as %s", (value, text) => {
    expect(describeValue(value)).toBe(text);
  });

  it("writes a bigint, which JSON can't", () => {
    expect(describeValue(10n)).toBe("10");
  });

  it("cuts long texts", () => {
    const text = describeValue("x".repeat(1_000));
    expect(text.length).toBeLessThan(110);
    expect(text).toContain("…");
  });

  it("runs nothing of the value", () => {
    const hostile = {
      toString: () => {
        throw new Error("toString");
      },
      toJSON: () => {
        throw new Error("toJSON");
      },
    };
    expect(describeValue(hostile)).toBe("an object");
  });
});
