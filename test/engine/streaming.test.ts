import { describe, expect, it } from "vitest";
import { FunctionError } from "../../src/index.ts";
import type { InvocationStream } from "../../src/index.ts";
import { makeBench } from "./helpers.ts";

const GREET = `export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
  stream.setContentType("text/plain");
  stream.write("hello, ");
  await new Promise((resolve) => setTimeout(resolve, 5));
  stream.write(event.name);
  stream.end(" é");
});`;

const TICKS = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
  for (let i = 0; i < event.count; i++) {
    if (!stream.write(new Uint8Array(event.bytes).fill(i))) {
      console.log("full");
      await new Promise((resolve) => stream.once("drain", resolve));
    }
    console.log("wrote " + i);
  }
  stream.end();
  await new Promise((resolve) => stream.once("finish", resolve));
});`;

async function textOf({ body }: InvocationStream): Promise<string> {
  return new Response(body).text();
}

describe("a handler that streams its response", () => {
  it("is consumed as it comes, with its content type", async () => {
    const bench = makeBench();
    await bench.deploy(GREET);
    const stream = await bench.engine.invokeStream("fn", { name: "Ada" });
    expect(stream.contentType).toBe("text/plain");
    expect(stream.metadata).toBeUndefined();
    const reader = stream.body.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("hello, ");
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read())
      rest += Buffer.from(part.value).toString();
    expect(rest).toBe("Ada é");
    const result = await stream.completed;
    expect(result).toMatchObject({ status: "succeeded", responseBytes: 13 });
    expect(bench.meters).toMatchObject([{ outcome: "succeeded", bytesOut: 13 }]);
  });

  it("gives its whole text to a plain invoke", async () => {
    const bench = makeBench();
    await bench.deploy(GREET);
    expect((await bench.succeed({ name: "Ada" })).payload).toBe("hello, Ada é");
    expect(bench.meters).toMatchObject([{ outcome: "succeeded", bytesOut: 13 }]);
  });

  it("sends status and headers ahead by a prelude", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = awslambda.streamifyResponse(async (event, stream) => {
      const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { "Content-Type": "text/html" }, cookies: ["a=1"] });
      http.write("<p>");
      http.end();
    });`);
    const stream = await bench.engine.invokeStream("fn");
    expect(stream.contentType).toBe("text/html");
    expect(stream.metadata).toEqual({
      statusCode: 201,
      headers: { "Content-Type": "text/html" },
      cookies: ["a=1"],
    });
    expect(await textOf(stream)).toBe("<p>");
    const { payload } = await bench.succeed();
    expect(payload).toBe(
      `{"statusCode":201,"headers":{"Content-Type":"text/html"},"cookies":["a=1"]}${"\0".repeat(8)}<p>`,
    );
  });

  it("waits while its reader does not read", async () => {
    const bench = makeBench();
    await bench.deploy(TICKS, { timeoutMs: 20_000 });
    const count = 40;
    const stream = await bench.engine.invokeStream("fn", { count, bytes: 32_768 });
    // Whatever it has written by now, it can't have written all: the window holds a fifth of it.
    await bench.engine.invokeStream("fn", { count: 1, bytes: 1 }).then(({ completed }) => completed);
    const isDone = (): boolean => bench.lines().some((line) => line.includes(`wrote ${count - 1}`));
    expect(isDone()).toBe(false);
    const bytes = new Uint8Array(await new Response(stream.body).arrayBuffer());
    expect(bytes.length).toBe(count * 32_768);
    expect(bytes.at(-1)).toBe(count - 1);
    expect((await stream.completed).status).toBe("succeeded");
    expect(isDone()).toBe(true);
    expect(bench.lines().some((line) => line.includes("full"))).toBe(true);
  });

  it("hands on one chunk that is larger than the window", async () => {
    const bench = makeBench();
    await bench.deploy(TICKS);
    const stream = await bench.engine.invokeStream("fn", { count: 2, bytes: 1_000_000 });
    expect((await new Response(stream.body).arrayBuffer()).byteLength).toBe(2_000_000);
    await stream.completed;
  });

  it("is the end of a pipeline", async () => {
    const bench = makeBench();
    await bench.deploy(`import { pipeline } from "node:stream/promises";
    import { Readable } from "node:stream";
    export const handler = awslambda.streamifyResponse(async (event, stream) => {
      await pipeline(Readable.from(["a", "b", Buffer.from("c")]), stream);
    });`);
    expect(await textOf(await bench.engine.invokeStream("fn"))).toBe("abc");
  });

  it("may write in as many small pieces as it likes", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = awslambda.streamifyResponse(async (count, stream) => {
      for (let i = 0; i < count; i++) stream.write("x");
      stream.end();
    });`,
      { timeoutMs: 20_000 },
    );
    const stream = await bench.engine.invokeStream("fn", 150_000);
    expect((await textOf(stream)).length).toBe(150_000);
    expect((await stream.completed).status).toBe("succeeded");
  });

  it("fails in the middle, after what it has written", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = awslambda.streamifyResponse(async (event, stream) => {
      stream.write("part");
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new TypeError("no more");
    });`);
    const stream = await bench.engine.invokeStream("fn");
    const reader = stream.body.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("part");
    await expect(reader.read()).rejects.toThrow(FunctionError);
    const result = await stream.completed;
    expect(result).toMatchObject({
      status: "failed",
      error: { errorType: "TypeError", errorMessage: "no more" },
    });
    expect(bench.meters).toMatchObject([{ outcome: "failed", bytesOut: 4, errorType: "TypeError" }]);
    // The environment goes on.
    expect((await bench.fail()).error.errorType).toBe("TypeError");
    expect(bench.meters[1]?.coldStart).toBe(false);
  });

  it("fails before its first byte as a result", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = awslambda.streamifyResponse(async () => { throw new Error("early"); });`,
    );
    const stream = await bench.engine.invokeStream("fn");
    expect(await stream.completed).toMatchObject({ status: "failed", error: { errorMessage: "early" } });
    await expect(textOf(stream)).rejects.toThrow("early");
  });

  it("runs into its timeout in the middle", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = awslambda.streamifyResponse(async (event, stream) => { stream.write("x"); await new Promise(() => {}); });`,
      { timeoutMs: 200 },
    );
    const stream = await bench.engine.invokeStream("fn");
    await expect(textOf(stream)).rejects.toThrow("timed out");
    expect(await stream.completed).toMatchObject({ error: { errorType: "Sandbox.Timedout" } });
    expect(bench.meters).toMatchObject([{ outcome: "timeout", bytesOut: 1 }]);
  });

  it("may write no more than the limit", async () => {
    const bench = makeBench({ streamLimitBytes: 100_000, payloadLimitBytes: 1_024 });
    await bench.deploy(TICKS);
    const within = await bench.engine.invokeStream("fn", { count: 2, bytes: 50_000 });
    expect((await new Response(within.body).arrayBuffer()).byteLength).toBe(100_000);
    const over = await bench.engine.invokeStream("fn", { count: 3, bytes: 50_000 });
    await expect(textOf(over)).rejects.toThrow("100000");
    expect(await over.completed).toMatchObject({ error: { errorType: "Function.ResponseSizeTooLarge" } });
    expect((await bench.fail({ count: 1, bytes: 1_025 })).error.errorType).toBe(
      "Function.ResponseSizeTooLarge",
    );
  });

  it("has to end its stream, and to be async", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = awslambda.streamifyResponse((event, stream) => { if (event.async) return Promise.resolve(stream.destroy()).then(() => 1); });`,
    );
    expect((await bench.fail({})).error).toMatchObject({
      errorMessage: "Streaming does not support non-async handlers.",
    });
    expect((await bench.fail({ async: true })).error).toMatchObject({
      errorMessage: "Response stream is not finished.",
    });
  });

  it("goes on when its reader gives up, and ends when its caller aborts", async () => {
    const bench = makeBench();
    await bench.deploy(TICKS, { timeoutMs: 20_000 });
    const dropped = await bench.engine.invokeStream("fn", { count: 30, bytes: 32_768 });
    await dropped.body.cancel();
    expect(await dropped.completed).toMatchObject({ status: "succeeded", responseBytes: 30 * 32_768 });
    const controller = new AbortController();
    const aborted = await bench.engine.invokeStream(
      "fn",
      { count: 30, bytes: 32_768 },
      { signal: controller.signal },
    );
    controller.abort();
    await expect(aborted.completed).rejects.toThrow("aborted");
    await expect(new Response(aborted.body).arrayBuffer()).rejects.toThrow("aborted");
  });
});

describe("invokeStream of a handler that doesn't stream", () => {
  it("streams its result as JSON", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async (event) => ({ hello: event.name });`);
    const stream = await bench.engine.invokeStream("fn", { name: "Ada" });
    expect(stream.contentType).toBe("application/json");
    expect(await textOf(stream)).toBe('{"hello":"Ada"}');
    expect(await stream.completed).toMatchObject({ status: "succeeded", responseBytes: 15 });
  });

  it("rejects for its caller's faults", async () => {
    const bench = makeBench();
    await expect(bench.engine.invokeStream("nobody")).rejects.toThrow("nobody");
    await bench.deploy(`export const handler = async () => 1;`);
    await expect(bench.engine.invokeStream("fn", 1, { type: "event" } as never)).rejects.toThrow("type");
  });
});
