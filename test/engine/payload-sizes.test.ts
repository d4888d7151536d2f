import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";
import { PayloadTooLargeError } from "../../src/index.ts";

const LIMIT = 6 * 1024 * 1024;
const LENGTH = `export const handler = async (event) => event.length;`;
const MAKE = `export const handler = async ({ text, count }) => text.repeat(count);`;

/** A text whose JSON has exactly `bytes` bytes. */
function textOf(character: string, bytes: number): string {
  const size = Buffer.byteLength(character);
  const rest = bytes - 2;
  return character.repeat(Math.floor(rest / size)) + "x".repeat(rest % size);
}

describe.each([
  ["one byte", "a"],
  ["two bytes", "ß"],
  ["three bytes", "€"],
  ["four bytes", "😀"],
])("a request of characters of %s", (_name, character) => {
  it("may have 6 MiB of JSON and not a byte more", async () => {
    const bench = makeBench();
    await bench.deploy(LENGTH);
    const fits = textOf(character, LIMIT);
    expect((await bench.succeed(fits)).payload).toBe(fits.length);
    expect(bench.meters[0]?.bytesIn).toBe(LIMIT);
    const error: unknown = await bench.invoke(fits + "x").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PayloadTooLargeError);
    expect(error).toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
      fault: "caller",
      retryable: false,
      sizeBytes: LIMIT + 1,
      limitBytes: LIMIT,
    });
    expect((error as Error).message).toMatch(/6291457 bytes.*payloadLimitBytes of 6291456/);
    expect(bench.meters).toHaveLength(1);
  });
});

describe.each([
  ["one byte", "a", 1],
  ["two bytes", "ß", 2],
  ["three bytes", "€", 3],
  ["four bytes", "😀", 4],
])("a response of characters of %s", (_name, text, size) => {
  it("may have the limit of bytes and not a character more", async () => {
    const payloadLimitBytes = 120_002;
    const bench = makeBench({ payloadLimitBytes });
    await bench.deploy(MAKE);
    const count = 120_000 / size;
    expect((await bench.succeed({ text, count })).payload).toBe(text.repeat(count));
    expect(bench.meters[0]?.bytesOut).toBe(payloadLimitBytes);
    expect((await bench.fail({ text, count: count + 1 })).error).toEqual({
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: `Response payload size (${payloadLimitBytes + size} bytes) exceeded maximum allowed payload size (${payloadLimitBytes} bytes).`,
    });
    expect(bench.meters[1]).toMatchObject({
      outcome: "failed",
      errorType: "Function.ResponseSizeTooLarge",
      bytesOut: 0,
    });
    expect(await bench.succeed({ text, count: 1 })).toMatchObject({ coldStart: false });
  });
});

describe("payload limits", () => {
  it("are 6 MiB for a response too, exactly", async () => {
    const bench = makeBench();
    await bench.deploy(MAKE);
    const { payload } = await bench.succeed({ text: "a", count: LIMIT - 2 });
    expect((payload as string).length).toBe(LIMIT - 2);
    expect((await bench.fail({ text: "a", count: LIMIT - 1 })).error.errorType).toBe(
      "Function.ResponseSizeTooLarge",
    );
  });

  it("follow payloadLimitBytes in both directions", async () => {
    const bench = makeBench({ payloadLimitBytes: 1_024 });
    await bench.deploy(MAKE);
    expect((await bench.succeed({ text: "x", count: 1_022 })).payload).toHaveLength(1_022);
    await bench.fail({ text: "x", count: 1_023 });
    await expect(bench.invoke({ text: "x".repeat(1_024), count: 1 })).rejects.toThrow(PayloadTooLargeError);
  });

  it("can be raised over Lambda's", async () => {
    const bench = makeBench({ payloadLimitBytes: 8 * 1024 * 1024 });
    await bench.deploy(`export const handler = async (event) => event;`);
    const text = "y".repeat(7 * 1024 * 1024);
    expect((await bench.succeed(text)).payload === text).toBe(true);
  });

  it("count what JSON makes of a text, escapes included", async () => {
    const bench = makeBench({ payloadLimitBytes: 1_024 });
    await bench.deploy(LENGTH);
    expect((await bench.succeed("\n".repeat(511))).payload).toBe(511);
    await expect(bench.invoke("\n".repeat(512))).rejects.toMatchObject({ sizeBytes: 1_026 });
  });
});

describe("a response whose characters fit and whose bytes don't", () => {
  it("is refused without harm to its environment", async () => {
    const payloadLimitBytes = 4 * 1024 * 1024;
    const bench = makeBench({ payloadLimitBytes, codeLimitBytes: 1_024 });
    await bench.deploy(MAKE, { timeoutMs: 15_000 });
    const count = payloadLimitBytes - 2;
    expect((await bench.fail({ text: "€", count })).error.errorMessage).toMatch(`(${3 * count + 2} bytes)`);
    expect(await bench.succeed({ text: "€", count: 1 })).toMatchObject({ payload: "€", coldStart: false });
  });
});
