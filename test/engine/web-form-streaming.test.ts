import { describe, expect, it } from "vitest";
import type { InvocationStream } from "../../src/index.ts";
import { makeBench, until } from "./helpers.ts";

function eventOf(path: string, method = "GET"): object {
  return {
    version: "2.0",
    rawPath: path,
    rawQueryString: "",
    headers: { host: "example.com" },
    isBase64Encoded: false,
    requestContext: { http: { method } },
  };
}

const textOf = ({ body }: InvocationStream): Promise<string> => new Response(body).text();

/** `/ticks` streams 40 chunks of 32 KB and says which it has made; `/endless` until its client has gone. */
const SERVER = `
const chunksOf = (count, size) => {
  let made = 0;
  return new ReadableStream({
    pull(controller) {
      if (made === count) return controller.close();
      controller.enqueue(new Uint8Array(size).fill(made));
      console.log("made " + made++);
    },
    cancel: (reason) => console.log("cancelled: " + reason?.name),
  });
};
const routes = {
  "/ticks": () => new Response(chunksOf(40, 32_768)),
  "/large": () => new Response(new Uint8Array(2_000_000)),
  "/endless": () => new Response(chunksOf(Infinity, 32_768)),
  "/empty": () => new Response(null, { status: 204, headers: { "x-one": "1" } }),
  "/cookies": () => {
    const headers = new Headers({ "content-type": "text/html" });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=u");
    return new Response("<p>é</p>", { status: 201, headers });
  },
  "/breaks": () => new Response(new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array([104, 105])),
    async pull() {
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new RangeError("no more");
    },
  })),
  "/texts": () => new Response(new ReadableStream({ start: (controller) => controller.enqueue("text") })),
  "/throws": () => { throw new TypeError("early"); },
  "/nothing": () => undefined,
  "/later": (request, ctx) => {
    ctx.waitUntil(new Promise((resolve) => { globalThis.goOn = resolve; }).then(() => console.log("after")));
    return new Response("now");
  },
  "/go": () => { globalThis.goOn(); return new Response("gone on"); },
  "/waits": async ({ signal }) => {
    console.log("waits");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    console.log("heard: " + signal.reason.name);
    return new Response("late");
  },
};
export default { fetch: (request, env, ctx) => routes[new URL(request.url).pathname](request, ctx) };`;

async function serve(options: Parameters<typeof makeBench>[0] = {}, settings = {}) {
  const bench = makeBench(options);
  await bench.deploy(SERVER, { timeoutMs: 20_000, ...settings });
  const said = (text: string): boolean => bench.lines().some((line) => line.includes(text));
  return { bench, said, open: (path: string) => bench.engine.invokeStream("fn", eventOf(path)) };
}

describe("invokeStream of a default export with fetch", () => {
  it("gives status, headers and cookies before the body", async () => {
    const { open } = await serve();
    const stream = await open("/cookies");
    expect(stream.contentType).toBe("text/html");
    expect(stream.metadata).toEqual({
      statusCode: 201,
      headers: { "content-type": "text/html" },
      cookies: ["a=1", "b=u"],
    });
    expect(await textOf(stream)).toBe("<p>é</p>");
    expect(await stream.completed).toMatchObject({ status: "succeeded" });
    const empty = await open("/empty");
    expect(empty.metadata).toEqual({ statusCode: 204, headers: { "x-one": "1" } });
    expect(await textOf(empty)).toBe("");
  });

  it("gives the whole response to a plain invoke", async () => {
    const { bench } = await serve();
    expect((await bench.succeed(eventOf("/cookies"))).payload).toEqual({
      statusCode: 201,
      headers: { "content-type": "text/html" },
      cookies: ["a=1", "b=u"],
      body: "<p>é</p>",
      isBase64Encoded: false,
    });
  });

  it("makes the body wait while nobody reads", async () => {
    const { open, said } = await serve();
    const stream = await open("/ticks");
    // Whatever it has made by now, it can't be all: the window holds a fifth of it.
    await open("/empty").then(({ completed }) => completed);
    expect(said("made 39")).toBe(false);
    const bytes = new Uint8Array(await new Response(stream.body).arrayBuffer());
    expect(bytes.length).toBe(40 * 32_768);
    expect(bytes.at(-1)).toBe(39);
    expect((await stream.completed).status).toBe("succeeded");
    expect(said("made 39")).toBe(true);
  });

  it("hands on one chunk that is larger than the window", async () => {
    const { open } = await serve();
    expect((await new Response((await open("/large")).body).arrayBuffer()).byteLength).toBe(2_000_000);
  });

  it("fails in the midst of the body, after what has come", async () => {
    const { open, bench } = await serve();
    const stream = await open("/breaks");
    const reader = stream.body.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("hi");
    await expect(reader.read()).rejects.toThrow("no more");
    expect(await stream.completed).toMatchObject({
      status: "failed",
      error: { errorType: "RangeError", errorMessage: "no more" },
    });
    // The environment goes on.
    expect(await textOf(await open("/cookies"))).toBe("<p>é</p>");
    expect(bench.meters.map(({ coldStart }) => coldStart)).toEqual([true, false]);
  });

  it.each([
    ["/throws", "early"],
    ["/nothing", "gave no Response"],
    ["/texts", "no Uint8Array"],
  ])("fails for %s", async (path, message) => {
    const { open } = await serve();
    const stream = await open(path);
    await expect(textOf(stream)).rejects.toThrow(message);
    expect(await stream.completed).toMatchObject({ status: "failed", error: { errorType: "TypeError" } });
  });

  it("may stream no more than the limit", async () => {
    const { open, said } = await serve({ streamLimitBytes: 100_000 });
    const stream = await open("/endless");
    await expect(textOf(stream)).rejects.toThrow("100000");
    expect(await stream.completed).toMatchObject({ error: { errorType: "Function.ResponseSizeTooLarge" } });
    await open("/empty").then(({ completed }) => completed);
    expect(said("cancelled: AbortError")).toBe(true);
  });

  it("ends the body before what waitUntil waits for", async () => {
    const { open, said } = await serve({}, { environmentConcurrency: 2 });
    const stream = await open("/later");
    expect(await textOf(stream)).toBe("now");
    expect(said("after")).toBe(false);
    await textOf(await open("/go"));
    expect((await stream.completed).status).toBe("succeeded");
    expect(said("after")).toBe(true);
  });

  it("cancels the body when its reader has gone, and goes on", async () => {
    const { open, said, bench } = await serve();
    const stream = await open("/endless");
    await stream.body.cancel();
    expect((await stream.completed).status).toBe("succeeded");
    expect(said("cancelled: AbortError")).toBe(true);
    await open("/empty").then(({ completed }) => completed);
    expect(bench.meters.map(({ coldStart }) => coldStart)).toEqual([true, false]);
  });

  it("tells the request's signal, before there is a response", async () => {
    const { bench, said } = await serve();
    const invoker = await invokerOf(bench.engine);
    const pending = invoker.respond("fn", eventOf("/waits"), { streams: "web" });
    await until(() => said("waits"));
    expect(pending.leave()).toBe(true);
    const response = await pending.response;
    expect("completed" in response && (await response.completed).status).toBe("succeeded");
    expect(said("heard: AbortError")).toBe(true);
  });
});

/** What an attached source reaches the engine by. */
function invokerOf(engine: ReturnType<typeof makeBench>["engine"]) {
  type Context = Parameters<Parameters<typeof engine.attach>[0]["start"]>[0];
  return new Promise<Context["invoker"]>((resolve, reject) => {
    engine
      .attach({
        kind: "test",
        async start({ invoker }) {
          resolve(invoker);
        },
        stop: () => Promise.resolve(),
      })
      .catch(reject);
  });
}
