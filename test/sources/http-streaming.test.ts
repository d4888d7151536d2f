import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { Engine } from "../../src/index.ts";
import type { LogRecord, MeterRecord } from "../../src/index.ts";
import { httpSource, type HttpSourceOptions } from "../../src/sources/http.ts";
import { until } from "../engine/helpers.ts";

/** Each route waits for a request of `/go` where it is to go on: tests say when, and no time decides. */
const WEB = `
let waiting = [];
const turn = () => new Promise((resolve) => waiting.push(resolve));
const text = new TextEncoder();
const routes = {
  "/go": () => { for (const go of waiting.splice(0)) go(); return new Response("ok"); },
  "/events": ({ signal }) => {
    signal.addEventListener("abort", () => console.log("heard " + signal.reason.name));
    return new Response(new ReadableStream({
      async pull(controller) {
        controller.enqueue(text.encode("data: " + Date.now() + "\\n\\n"));
        await turn();
      },
      cancel: () => console.log("cancelled"),
    }), { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
  },
  "/flood": () => new Response(new ReadableStream({
    pull(controller) { globalThis.made = (globalThis.made ?? 0) + 1; controller.enqueue(new Uint8Array(65_536)); },
    cancel: () => console.log("cancelled the flood"),
  })),
  "/made": () => new Response(String(globalThis.made)),
  "/breaks": () => new Response(new ReadableStream({
    start: (controller) => controller.enqueue(text.encode("part")),
    async pull() { await turn(); throw new Error("broken"); },
  })),
  "/fails": () => { throw new Error("early"); },
  "/status": () => new Response(null, { status: 204, headers: { "x-a": "1", "set-cookie": "a=1" } }),
  "/length": () => new Response("12345", { headers: { "content-length": "5" } }),
  "/short": () => new Response("123", { headers: { "content-length": "5" } }),
  "/stubborn": async () => { console.log("stubborn"); await new Promise(() => setInterval(() => {}, 1_000)); },
  "/polite": async ({ signal }) => {
    console.log("polite");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return new Response("never read");
  },
};
export default { fetch: (request) => routes[new URL(request.url).pathname](request) };`;

const STREAMED = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
  const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { "Content-Type": "text/plain" }, cookies: ["a=1", "b=2"] });
  http.write("one ");
  await globalThis.turn?.();
  http.end("two");
});`;

interface Running {
  readonly engine: Engine;
  readonly url: string;
  readonly meters: MeterRecord[];
  said(text: string): boolean;
}

async function serve(source: string, options: Partial<HttpSourceOptions> = {}): Promise<Running> {
  const engine = new Engine({ cells: { count: 1, prepared: 0, spares: 0 } });
  const logs: LogRecord[] = [];
  const meters: MeterRecord[] = [];
  engine.on("log", (record) => logs.push(record));
  engine.on("meter", (record) => meters.push(record));
  await engine.deploy("fn", { code: { source }, timeoutMs: 60_000, environmentConcurrency: 4 });
  const api = httpSource({ routes: { $default: "fn" }, ...options });
  await engine.attach(api);
  const server = createServer(api.listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    await engine.close();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { engine, url, meters, said: (text) => logs.some(({ line }) => line.includes(text)) };
}

async function open(url: string, method = "GET"): Promise<IncomingMessage> {
  const request = httpRequest(url, { agent: false, method });
  request.on("error", () => undefined);
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

async function piece(response: IncomingMessage): Promise<string> {
  const [chunk] = (await once(response, "data")) as [Buffer];
  return chunk.toString();
}

const go = async ({ url }: Running): Promise<string> => (await fetch(`${url}/go`)).text();

describe("a default export with fetch behind HTTP", () => {
  it("streams events as they come", async () => {
    const api = await serve(WEB);
    const response = await open(`${api.url}/events`);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "transfer-encoding": "chunked",
    });
    expect(await piece(response)).toMatch(/^data: \d+\n\n$/);
    const second = piece(response);
    await go(api);
    expect(await second).toMatch(/^data: /);
    response.destroy();
    await until(() => api.said("cancelled") && api.said("heard AbortError"));
    // It has ended by itself, and its environment goes on.
    await until(() => api.meters.some(({ bytesOut }) => bytesOut > 50));
    expect(api.meters.every(({ outcome }) => outcome === "succeeded")).toBe(true);
    await go(api);
    expect(api.meters.filter(({ coldStart }) => coldStart)).toHaveLength(1);
  });

  it("makes the function wait for a client that doesn't read", async () => {
    const api = await serve(WEB);
    const response = await open(`${api.url}/flood`);
    await piece(response);
    response.pause();
    const made = async (): Promise<string> => (await fetch(`${api.url}/made`)).text();
    // Until the buffers on the way are full: else it would make more each time it is asked.
    let before = "";
    for (let same = 0; same < 20;) {
      const now = await made();
      same = now === before ? same + 1 : 0;
      before = now;
    }
    response.destroy();
    await until(() => api.said("cancelled the flood"));
  });

  it("breaks the connection off when the body fails in its midst", async () => {
    const api = await serve(WEB);
    const response = await open(`${api.url}/breaks`);
    expect(await piece(response)).toBe("part");
    const broken = once(response, "error");
    await go(api);
    expect(((await broken)[0] as Error).message).toBe("aborted");
    await until(() => api.meters.some(({ outcome }) => outcome === "failed"));
  });

  it("answers 502 when it fails before its response", async () => {
    const api = await serve(WEB);
    expect((await fetch(`${api.url}/fails`)).status).toBe(502);
    expect(await go(api)).toBe("ok");
  });

  it("sends status, cookies and lengths as they are", async () => {
    const api = await serve(WEB);
    const bodiless = await open(`${api.url}/status`);
    expect(bodiless.statusCode).toBe(204);
    expect(bodiless.headers).toMatchObject({ "x-a": "1", "set-cookie": ["a=1"] });
    const sized = await fetch(`${api.url}/length`);
    expect(sized.headers.get("content-length")).toBe("5");
    expect(await sized.text()).toBe("12345");
    await expect(fetch(`${api.url}/short`).then((response) => response.text())).rejects.toThrow();
    const head = await open(`${api.url}/length`, "HEAD");
    expect(head.headers["content-length"]).toBe("5");
    head.resume();
    expect(await go(api)).toBe("ok");
  });

  it("is whole where the route says so", async () => {
    const api = await serve(WEB, { routes: { $default: { function: "fn", invokeMode: "BUFFERED" } } });
    const response = await fetch(`${api.url}/go`);
    expect(response.headers.get("content-length")).toBe("2");
    expect(await response.text()).toBe("ok");
  });

  it("hears by its request's signal that the client has gone, before it has answered", async () => {
    const api = await serve(WEB);
    const request = httpRequest(`${api.url}/polite`, { agent: false });
    request.on("error", () => undefined).end();
    await until(() => api.said("polite"));
    request.destroy();
    await until(() => api.meters.length === 1);
    expect(api.meters).toMatchObject([{ outcome: "succeeded" }]);
    await go(api);
    expect(api.meters[1]?.coldStart).toBe(false);
  });

  it("is aborted when it doesn't heed that", async () => {
    const api = await serve(WEB);
    const request = httpRequest(`${api.url}/stubborn`, { agent: false });
    request.on("error", () => undefined).end();
    await until(() => api.said("stubborn"));
    request.destroy();
    await until(() => api.meters.length === 1);
    expect(api.meters).toMatchObject([{ outcome: "aborted" }]);
  });

  it("has begun in time, and may then last", async () => {
    const api = await serve(WEB, { timeoutMs: 3_000 });
    await go(api);
    const response = await open(`${api.url}/events`);
    await piece(response);
    expect((await fetch(`${api.url}/stubborn`)).status).toBe(504);
    // 504 ended that environment, and the stream with it.
    expect(api.meters.some(({ outcome }) => outcome === "aborted")).toBe(true);
    response.destroy();
  });

  it("breaks off when the engine closes, which doesn't wait for it", async () => {
    const api = await serve(WEB);
    const response = await open(`${api.url}/events`);
    await piece(response);
    const broken = once(response, "error");
    await api.engine.close();
    expect(((await broken)[0] as Error).message).toBe("aborted");
  });
});

describe("awslambda.streamifyResponse behind HTTP", () => {
  it("streams where the route's invokeMode is RESPONSE_STREAM", async () => {
    const api = await serve(STREAMED, {
      routes: { $default: { function: "fn", invokeMode: "RESPONSE_STREAM" } },
    });
    const response = await fetch(api.url);
    expect(response.status).toBe(201);
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("content-length")).toBeNull();
    expect(await response.text()).toBe("one two");
  });

  it("is sent whole by default, as by Lambda's function URLs", async () => {
    const api = await serve(STREAMED);
    const response = await fetch(api.url);
    expect(response.headers.get("content-length")).not.toBeNull();
    expect(await response.text()).toContain("one two");
  });

  it("may leave a plain handler's response as it is", async () => {
    const api = await serve(`export const handler = async () => ({ statusCode: 202, body: "plain" });`, {
      routes: { "GET /": { function: "fn", invokeMode: "RESPONSE_STREAM" } },
    });
    const response = await fetch(api.url);
    expect([response.status, await response.text()]).toEqual([202, "plain"]);
  });

  it("answers 502 for a head that HTTP doesn't allow", async () => {
    const api = await serve(STREAMED.replace("statusCode: 201", "statusCode: 99"), {
      routes: { $default: { function: "fn", invokeMode: "RESPONSE_STREAM" } },
    });
    const errors: Error[] = [];
    api.engine.on("error", (error) => errors.push(error));
    expect((await fetch(api.url)).status).toBe(502);
    expect(errors[0]?.message).toContain("statusCode is not an integer");
  });

  it("is aborted when its client goes", async () => {
    const api = await serve(
      `export const handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write("x");
        await new Promise(() => setInterval(() => {}, 1_000));
      });`,
      { routes: { $default: { function: "fn", invokeMode: "RESPONSE_STREAM" } } },
    );
    const response = await open(api.url);
    await piece(response);
    response.destroy();
    await until(() => api.meters.length === 1);
    expect(api.meters).toMatchObject([{ outcome: "aborted", bytesOut: 1 }]);
  });
});

describe("a route's invokeMode", () => {
  it.each([
    [{ function: "fn", invokeMode: "STREAM" }, /invokeMode is "STREAM"; allowed: "BUFFERED"/],
    [{ function: "fn", mode: "BUFFERED" }, /"mode" is no setting/],
    [{ invokeMode: "BUFFERED" }, /function is undefined/],
  ])("is refused as %j", (route, message) => {
    expect(() => httpSource({ routes: { $default: route as never } })).toThrow(message);
  });
});
