import { describe, expect, expectTypeOf, it } from "vitest";
import { makeBench } from "./helpers.ts";
import type { Bench } from "./helpers.ts";
import { InvalidOptionError, InvalidPayloadError, PayloadTooLargeError } from "../../src/index.ts";
import type { FailedResult, IsoletError, TextInvokeOptions, TextRequestResult } from "../../src/index.ts";
import { SHORT_TEXT_CHARS } from "../../src/invocation/chunked-reader.ts";

const ACTOR = `
let calls = 0;
export const handler = async (event) => {
  calls++;
  if (event?.act === "calls") return calls;
  if (event?.act === "nothing") return undefined;
  if (event?.act === "throw") throw new RangeError("no");
  if (event?.act === "forge") throw Object.assign(new Error("Unexpected token"), { name: "Runtime.UnmarshalError" });
  return event;
};`;

async function deployed(): Promise<Bench> {
  const bench = makeBench();
  await bench.deploy(ACTOR);
  return bench;
}

const call = (
  { engine }: Bench,
  payloadText: string,
  options: Omit<TextInvokeOptions, "payloadText" | "type"> = {},
): Promise<TextRequestResult> => engine.invoke("fn", undefined, { ...options, payloadText });

/** The error of a rejection. */
async function refusal(act: Promise<unknown>): Promise<IsoletError> {
  return act.then(
    (value) => Promise.reject(new Error(`not refused: ${JSON.stringify(value)}`)),
    (error: unknown) => error as IsoletError,
  );
}

describe("an invocation with payloadText", () => {
  it("gives the handler's result as JSON text, whatever white space and order the event had", async () => {
    const bench = await deployed();
    const result = await call(bench, ' {"b": [1.50, "\\u00e9€😀"],\n "a": null} ');
    expect(result).toMatchObject({
      status: "succeeded",
      payloadText: '{"b":[1.5,"é€😀"],"a":null}',
      coldStart: true,
    });
    expect(result).not.toHaveProperty("payload");
    if (result.status === "succeeded") expectTypeOf(result.payloadText).toBeString();
  });

  it("gives null for nothing", async () => {
    expect(await call(await deployed(), '{"act":"nothing"}')).toMatchObject({ payloadText: "null" });
  });

  it("is metered by the bytes that crossed", async () => {
    const bench = await deployed();
    await call(bench, ' "é" ', { tenant: "acme" });
    expect(bench.meters).toMatchObject([{ outcome: "succeeded", bytesIn: 6, bytesOut: 4, tenant: "acme" }]);
  });

  it("gives a function's own failure as ever", async () => {
    const result = await call(await deployed(), '{"act":"throw"}');
    expect(result).toMatchObject({
      status: "failed",
      error: { errorType: "RangeError", errorMessage: "no" },
    });
  });

  it("carries a megabyte each way", async () => {
    const text = JSON.stringify(Array.from({ length: 40_000 }, (_, id) => ({ id, name: "Zoë €" })));
    expect(await call(await deployed(), text)).toMatchObject({ payloadText: text });
  });

  it("can be an event that nobody waits for", async () => {
    const bench = await deployed();
    const accepted = await bench.engine.invoke("fn", undefined, { type: "event", payloadText: "[1]" });
    expect(accepted.status).toBe("accepted");
    await bench.engine.drain();
    expect(bench.meters).toMatchObject([{ outcome: "succeeded", bytesIn: 3 }]);
  });

  it("can be a dry run, which runs nothing", async () => {
    const bench = await deployed();
    const checked = await bench.engine.invoke("fn", undefined, { type: "dry-run", payloadText: "[1]" });
    expect(checked.status).toBe("checked");
    expect(bench.meters).toEqual([]);
  });
});

const NOT_JSON = [
  ["nothing", ""],
  ["a word", "undefined"],
  ["an end too early", '{"a":1'],
  ["something after the end", '{"a":1} x'],
  ["what breaks far inside", `[${'"abc",'.repeat(SHORT_TEXT_CHARS)}oops]`],
  ["a cut long text", `[${'{"a":[1,2]},'.repeat(SHORT_TEXT_CHARS)}`],
] as const;

describe.each(NOT_JSON)("payloadText that is %s", (_name, text) => {
  it("is refused, runs no handler and leaves the environment as it was", async () => {
    const bench = await deployed();
    await call(bench, "0");
    const error = await refusal(call(bench, text));
    expect(error).toBeInstanceOf(InvalidPayloadError);
    expect(error).toMatchObject({ code: "INVALID_PAYLOAD", fault: "caller", retryable: false });
    expect(error.message).toMatch(/^The payloadText is not JSON: .{10,200}\. Pass JSON text\.$/s);
    expect(bench.meters).toMatchObject([
      { outcome: "succeeded" },
      { outcome: "failed", errorType: "Runtime.UnmarshalError", bytesOut: 0 },
    ]);
    expect(await call(bench, '{"act":"calls"}')).toMatchObject({ payloadText: "2", coldStart: false });
  });

  it("is refused by a dry run", async () => {
    const bench = await deployed();
    const act = bench.engine.invoke("fn", undefined, { type: "dry-run", payloadText: text });
    expect(await refusal(act)).toMatchObject({ code: "INVALID_PAYLOAD" });
    expect(bench.meters).toEqual([]);
  });

  it("fails where nobody waits for it", async () => {
    const bench = await deployed();
    await bench.engine.invoke("fn", undefined, { type: "event", payloadText: text });
    await bench.engine.drain();
    expect(bench.meters).toMatchObject([{ outcome: "failed", errorType: "Runtime.UnmarshalError" }]);
  });
});

describe("a handler that says its event was no JSON", () => {
  it("has failed by itself when the event is JSON", async () => {
    const bench = await deployed();
    const result = await call(bench, '{"act":"forge"}');
    const error = { errorType: "Runtime.UnmarshalError", errorMessage: "Unexpected token" };
    expect(result).toMatchObject({ status: "failed", error } satisfies Partial<FailedResult>);
    expect(await bench.fail({ act: "forge" })).toMatchObject({ error });
  });

  it("has failed by itself when what it would have to be checked for is long", async () => {
    const bench = makeBench();
    await bench.deploy(ACTOR);
    const text = JSON.stringify({ act: "forge", list: Array.from({ length: 40_000 }, (_, id) => ({ id })) });
    expect(await call(bench, text)).toMatchObject({ status: "failed" });
    expect(bench.meters).toMatchObject([{ outcome: "failed" }]);
  });
});

describe("payloadText", () => {
  it("is refused beside a payload", async () => {
    const bench = await deployed();
    const options = { payloadText: "1" };
    const error = await refusal(bench.engine.invoke("fn", null as unknown as undefined, options));
    expect(error).toBeInstanceOf(InvalidPayloadError);
    expect(error.message).toMatch(/both a payload and a payloadText.*undefined/);
    expect(bench.meters).toEqual([]);
  });

  it.each([[null], [7], [Buffer.from("1")]])("is refused when it is no text but %s", async (value) => {
    const bench = await deployed();
    const error = await refusal(call(bench, value as unknown as string));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ code: "INVALID_OPTION", field: "payloadText", value });
    expect(error.message).toMatch(/JSON text, as a string/);
  });

  it("is refused with half a surrogate pair, which a stream of bytes can't carry", async () => {
    const bench = await deployed();
    expect((await refusal(call(bench, '"\ud83d"'))).message).toMatch(/half a surrogate pair/);
    expect(await call(bench, '"\\ud83d"')).toMatchObject({ payloadText: '"\\ud83d"' });
  });

  it("has the limit of every payload", async () => {
    const bench = makeBench({ payloadLimitBytes: 1_024 });
    await bench.deploy(ACTOR);
    const fits = JSON.stringify("€".repeat(340)) + "  ";
    expect(await call(bench, fits)).toMatchObject({ status: "succeeded" });
    const error = await refusal(call(bench, fits + " "));
    expect(error).toBeInstanceOf(PayloadTooLargeError);
    expect(error).toMatchObject({ sizeBytes: 1_025, limitBytes: 1_024 });
  });

  it("has the limit of every result", async () => {
    const bench = makeBench({ payloadLimitBytes: 1_024 });
    await bench.deploy(`export const handler = async (count) => "€".repeat(count);`);
    expect(await call(bench, "340")).toMatchObject({ status: "succeeded" });
    expect(await call(bench, "341")).toMatchObject({
      status: "failed",
      error: { errorType: "Function.ResponseSizeTooLarge" },
    });
  });
});
