import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidPayloadError, PayloadTooLargeError } from "../../src/base/errors.ts";
import { DEFAULT_PAYLOAD_LIMIT_BYTES, writePayload } from "../../src/invocation/payload.ts";

const PLENTY = 1_000_000;

describe("writePayload", () => {
  it("takes what JSON can hold, unchanged", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { text, bytes } = writePayload(value, PLENTY);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(bytes).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it("takes no payload as null, as Lambda takes an empty request", () => {
    expect(writePayload(undefined, PLENTY)).toEqual({ text: "null", bytes: 4 });
  });

  it("writes what toJSON gives", () => {
    expect(writePayload({ at: new Date(0) }, PLENTY).text).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
  });

  it("measures bytes, not characters", () => {
    // Three bytes each, and two for the quotes.
    const text = "€".repeat(100);
    expect(writePayload(text, 302).bytes).toBe(302);
    expect(() => writePayload(text, 301)).toThrow(PayloadTooLargeError);
  });

  it("refuses exactly what is over the limit, and says both sizes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 60 }), (value, limit) => {
        const size = Buffer.byteLength(JSON.stringify(value));
        if (size <= limit) expect(writePayload(value, limit).bytes).toBe(size);
        else {
          expect(() => writePayload(value, limit)).toThrow(
            expect.objectContaining({ code: "PAYLOAD_TOO_LARGE", sizeBytes: size, limitBytes: limit }),
          );
        }
      }),
    );
  });

  it("has Lambda's limit by default", () => {
    expect(DEFAULT_PAYLOAD_LIMIT_BYTES).toBe(6_291_456);
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const throwing = (thrown: unknown): object => ({
    toJSON(): never {
      throw thrown;
    },
  });

  it.each([
    ["a function", () => 1, "function"],
    ["a symbol", Symbol("s"), "symbol"],
    ["a bigint", 1n, "BigInt"],
    ["a bigint within", { deep: [1n] }, "BigInt"],
    ["a cycle", cycle, "circular"],
    ["a toJSON that throws an error", throwing(new Error("my toJSON")), "my toJSON"],
    ["a toJSON that throws a text", throwing("my text"), "my text"],
    ["a toJSON that throws what has no text", throwing(Object.create(null)), "can't be written as JSON"],
    ["a toJSON that gives undefined", { toJSON: () => undefined }, "can't hold"],
  ])("refuses %s and says why", (_name, value, words) => {
    expect(() => writePayload(value, PLENTY)).toThrow(InvalidPayloadError);
    expect(() => writePayload(value, PLENTY)).toThrow(words);
  });

  it("keeps the error it met as the cause, in one line of message", () => {
    const error = new Error("first line\nsecond line");
    expect(() => writePayload(throwing(error), PLENTY)).toThrow(
      expect.objectContaining({ cause: error, message: expect.not.stringContaining("second") as string }),
    );
  });
});
