import { describe, expect, it } from "vitest";
import {
  EngineClosedError,
  FunctionError,
  FunctionNotFoundError,
  InvalidNameError,
  InvalidOptionError,
  InvalidPayloadError,
  PayloadTooLargeError,
  SourceError,
} from "../../src/index.ts";
import type { EventSource, InvokeOptions } from "../../src/index.ts";
import { option, testRefusals } from "./bad-input.ts";
import type { BadInput } from "./bad-input.ts";
import { makeBench } from "./helpers.ts";

const invoke =
  (payload: unknown, options: object = {}): BadInput["act"] =>
  ({ engine }) =>
    engine.invoke("fn", payload, options as InvokeOptions);

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
const source: EventSource = { kind: "twice", start: async () => {}, stop: async () => {} };

testRefusals("bad input to an engine", [
  {
    name: "an unknown function",
    act: ({ engine }) => engine.invoke("fnn"),
    type: FunctionNotFoundError,
    code: "FUNCTION_NOT_FOUND",
    message: [/"fnn"/, /Did you mean fn\?/],
  },
  {
    name: "an unknown version",
    act: ({ engine }) => engine.invoke("fn:7"),
    type: FunctionNotFoundError,
    code: "FUNCTION_NOT_FOUND",
    message: [/"7"/, /versions 1/],
  },
  {
    name: "an ARN of another account",
    act: ({ engine }) => engine.invoke("arn:aws:lambda:us-east-1:999999999999:function:fn"),
    type: FunctionNotFoundError,
    code: "FUNCTION_NOT_FOUND",
    message: [/999999999999/],
  },
  {
    name: "a name that names nothing",
    act: ({ engine }) => engine.invoke("a:b:c:d:e"),
    type: InvalidNameError,
    code: "INVALID_NAME",
    message: [/"a:b:c:d:e"/, /fn:alias/],
  },
  {
    name: "a name that is no text",
    act: ({ engine }) => engine.invoke(7 as unknown as string),
    type: InvalidNameError,
    code: "INVALID_NAME",
    message: [/7/],
  },
  {
    name: "a BigInt payload",
    act: invoke(1n),
    type: InvalidPayloadError,
    code: "INVALID_PAYLOAD",
    message: [/BigInt/, /JSON-able/],
  },
  {
    name: "a cyclic payload",
    act: invoke(cyclic),
    type: InvalidPayloadError,
    code: "INVALID_PAYLOAD",
    message: [/circular/i, /JSON-able/],
  },
  {
    name: "a function as payload",
    act: invoke(() => 1),
    type: InvalidPayloadError,
    code: "INVALID_PAYLOAD",
    message: [/is a function/],
  },
  {
    name: "a payload whose toJSON throws",
    act: invoke({
      toJSON: () => {
        throw new Error("no");
      },
    }),
    type: InvalidPayloadError,
    code: "INVALID_PAYLOAD",
    message: [/no/],
  },
  {
    name: "a 7 MB payload",
    act: invoke("x".repeat(7_000_000)),
    type: PayloadTooLargeError,
    code: "PAYLOAD_TOO_LARGE",
    fields: { sizeBytes: 7_000_002, limitBytes: 6_291_456 },
    message: [/7000002 bytes/, /payloadLimitBytes of 6291456/, /raise/],
  },
  {
    name: "a client context that is not JSON-able",
    act: invoke(1, { clientContext: 1n }),
    type: InvalidPayloadError,
    code: "INVALID_PAYLOAD",
    message: [/clientContext/],
  },
  {
    name: "an unknown invoke option",
    act: invoke(1, { timeout: 3 }),
    ...option("timeout", 3, [/timeout is 3/, /deadlineMs/]),
  },
  {
    name: "an unknown invocation type",
    act: invoke(1, { type: "Event" }),
    ...option("type", "Event", [/"Event"/, /"event"/]),
  },
  {
    name: "a signal that is none",
    act: invoke(1, { signal: {} }),
    type: InvalidOptionError,
    code: "INVALID_OPTION",
    fields: { field: "signal" },
    message: [/AbortSignal/],
  },
  {
    name: "a tenant that is no name",
    act: invoke(1, { tenant: "" }),
    ...option("tenant", "", [/tenant is ""/]),
  },
  {
    name: "invoke options that are no object",
    act: invoke(1, "event" as unknown as object),
    type: InvalidOptionError,
    code: "INVALID_OPTION",
    message: [/invoke/],
  },
  {
    name: "null for invoke options",
    act: ({ engine }) => engine.invoke("fn", 1, null as unknown as InvokeOptions),
    type: InvalidOptionError,
    code: "INVALID_OPTION",
    message: [/invoke/],
  },
  {
    name: "attaching a source twice",
    act: async ({ engine }) => {
      await engine.attach(source);
      await engine.attach(source);
    },
    type: SourceError,
    code: "SOURCE_CONFLICT",
    message: [/twice source is attached already/],
  },
  {
    name: "detaching what is not attached",
    act: ({ engine }) => engine.detach({ ...source }),
    type: SourceError,
    code: "SOURCE_CONFLICT",
    message: [/not attached/],
  },
  {
    name: "removing an unknown function",
    act: ({ engine }) => {
      engine.remove("none");
    },
    type: FunctionNotFoundError,
    code: "FUNCTION_NOT_FOUND",
    message: [/"none"/],
  },
  {
    name: "a closed engine",
    act: async ({ engine }) => {
      await engine.close();
      await engine.invoke("fn");
    },
    type: EngineClosedError,
    code: "ENGINE_CLOSED",
    message: [/closed/, /new Engine/],
  },
]);

describe("bad input to a function", () => {
  it("a handler that isn't exported is a failure of the function, with Lambda's type", async () => {
    const bench = makeBench();
    await bench.deploy(`export const other = 1;`);
    const { error } = await bench.fail();
    expect(error).toMatchObject({
      errorType: "Runtime.HandlerNotFound",
      errorMessage: "index.handler is undefined or not exported",
    });
    const call = bench.engine.function("fn")(1);
    await expect(call).rejects.toBeInstanceOf(FunctionError);
    await expect(call).rejects.toMatchObject({
      code: "FUNCTION_FAILED",
      fault: "function",
      errorType: "Runtime.HandlerNotFound",
    });
    await expect(call).rejects.toThrow(/Function fn failed: Runtime\.HandlerNotFound: index\.handler/);
  });
});
