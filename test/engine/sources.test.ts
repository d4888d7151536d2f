import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeBench, until } from "./helpers.ts";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { httpSource } from "../../src/sources/http.ts";
import { MemoryQueue, queueSource } from "../../src/sources/queue.ts";
import { schedule } from "../../src/sources/schedule.ts";
import { SourceError } from "../../src/index.ts";
import type { EventSource, IsoletError } from "../../src/index.ts";

async function serve(source: ReturnType<typeof httpSource>): Promise<string> {
  const server = createServer(source.listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the http source on an engine", () => {
  it("answers requests with a function, its failures and its limits as the gateway does", async () => {
    const { engine, meters } = makeBench();
    await engine.deploy("api", {
      code: {
        source: `export const handler = async (event) => {
          if (event.rawPath === "/throw") throw new Error("secret");
          if (event.rawPath === "/loop") for (;;);
          return { statusCode: 201, headers: { "x-id": event.pathParameters?.id ?? "-" }, cookies: ["a=1", "b=2"], body: event.body ?? event.requestContext.http.method };
        };`,
      },
      timeoutMs: 200,
    });
    await engine.deploy("stopped", {
      code: { source: `export const handler = async () => 1;` },
      reservedConcurrency: 0,
    });
    const api = httpSource({
      routes: {
        "ANY /items/{id}": "api",
        "GET /throw": "api",
        "GET /loop": "api",
        "GET /stopped": "stopped",
      },
    });
    const base = await serve(api);
    expect((await fetch(`${base}/items/7`)).status).toBe(503);
    await engine.attach(api);
    const created = await fetch(`${base}/items/7`, { method: "POST", body: "grüß" });
    expect([created.status, created.headers.get("x-id"), await created.text()]).toEqual([201, "7", "grüß"]);
    expect(created.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    const failed = await fetch(`${base}/throw`);
    expect([failed.status, await failed.text()]).toEqual([502, `{"message":"Internal Server Error"}`]);
    expect((await fetch(`${base}/loop`)).status).toBe(504);
    expect((await fetch(`${base}/stopped`)).status).toBe(429);
    expect((await fetch(`${base}/nowhere`)).status).toBe(404);
    expect(meters.map(({ outcome }) => outcome)).toEqual(["succeeded", "failed", "timeout"]);
    await engine.detach(api);
    expect((await fetch(`${base}/items/7`)).status).toBe(503);
  });

  it("gives its answer before drain is over", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async () => { console.log("running"); await new Promise((r) => setTimeout(r, 50)); return { statusCode: 200, body: "done" }; };`,
    );
    const api = httpSource({ routes: { $default: "fn" } });
    const base = await serve(api);
    await bench.engine.attach(api);
    const response = fetch(base);
    await until(() => bench.logs.some(({ message }) => message === "running"));
    await bench.engine.drain();
    expect(await (await response).text()).toBe("done");
    expect((await fetch(base)).status).toBe(503);
  });
});

describe("the queue source on an engine", () => {
  it("feeds batches, deletes what succeeded and redelivers what is reported", async () => {
    const bench = makeBench();
    await bench.deploy(
      `const seen = {};
      export const handler = async ({ Records }) => {
        const batchItemFailures = [];
        for (const { body, messageId } of Records) {
          console.log(body);
          seen[body] = (seen[body] ?? 0) + 1;
          if (body === "retry" && seen[body] < 2) batchItemFailures.push({ itemIdentifier: messageId });
          if (body === "poison") batchItemFailures.push({ itemIdentifier: messageId });
        }
        return { batchItemFailures };
      };`,
    );
    const queue = new MemoryQueue({ name: "jobs" });
    const deadLetter = new MemoryQueue({ name: "dead" });
    for (const body of ["ok", "retry", "poison"]) queue.send(body);
    await bench.engine.deploy("bury", { code: { source: `export const handler = async () => 1;` } });
    const buried = new Promise<void>((resolve) =>
      bench.engine.on("meter", ({ functionName }) => {
        if (functionName === "bury") resolve();
      }),
    );
    await bench.engine.attach(queueSource({ queue: deadLetter, function: "bury" }));
    await bench.engine.attach(
      queueSource({ queue, function: "fn", visibilityTimeoutMs: 200, maxReceiveCount: 2, deadLetter }),
    );
    await buried;
    const bodies = bench.logs.filter(({ origin }) => origin === "function").map(({ message }) => message);
    expect(bodies.filter((body) => body === "ok")).toHaveLength(1);
    expect(bodies.filter((body) => body === "retry")).toHaveLength(2);
    expect(bodies.filter((body) => body === "poison")).toHaveLength(2);
    expect(bench.meters.every(({ outcome }) => outcome === "succeeded")).toBe(true);
    await bench.engine.drain();
  });

  it("says in error what it could not do, and goes on", async () => {
    const bench = makeBench();
    const errors: IsoletError[] = [];
    bench.engine.on("error", (error) => errors.push(error));
    const queue = new MemoryQueue({ name: "jobs" });
    queue.send("early");
    await bench.engine.attach(queueSource({ queue, function: "fn", visibilityTimeoutMs: 10 }));
    await until(() => errors.length > 0);
    expect(errors[0]).toMatchObject({ code: "PLATFORM", message: expect.stringMatching(/^queue source: /) });
    expect(errors[0]?.cause).toMatchObject({ code: "FUNCTION_NOT_FOUND" });
    const received = new Promise((resolve) => bench.engine.on("meter", resolve));
    await bench.deploy(`export const handler = async () => 1;`);
    expect(await received).toMatchObject({ functionName: "fn", outcome: "succeeded" });
  });
});

describe("the schedule source on an engine", () => {
  it("invokes on time by the engine's clock, as an event", async () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 5, 8, 59, 30));
    const bench = makeBench({ clock });
    await bench.deploy(
      `export const handler = async (event) => { console.log(event.time + " " + event["detail-type"]); };`,
    );
    await bench.engine.attach(
      schedule({ expression: "cron(0 9 ? * MON-FRI *)", function: "fn", name: "daily" }),
    );
    const ran = new Promise<string>((resolve) =>
      bench.engine.on("log", ({ origin, message }) => origin === "function" && resolve(message)),
    );
    await clock.advance(30_000);
    expect(await ran).toBe("2026-01-05T09:00:00Z Scheduled Event");
    await bench.engine.drain();
    await clock.advance(86_400_000);
    expect(bench.meters).toHaveLength(1);
  });
});

describe("attach and detach", () => {
  const source = (log: string[], stop: () => Promise<void> = async () => {}): EventSource => ({
    kind: "test",
    async start() {
      log.push("start");
    },
    async stop() {
      log.push("stop");
      await stop();
    },
  });

  it("start and stop a source once each", async () => {
    const { engine } = makeBench();
    const log: string[] = [];
    const one = source(log);
    await engine.attach(one);
    await engine.detach(one);
    await engine.close();
    expect(log).toEqual(["start", "stop"]);
  });

  it("leave out a source whose start fails", async () => {
    const { engine } = makeBench();
    const failing: EventSource = {
      ...source([]),
      start: () => Promise.reject(new SourceError("no port", "INVALID_SOURCE")),
    };
    await expect(engine.attach(failing)).rejects.toThrow("no port");
    await expect(engine.detach(failing)).rejects.toThrow(/not attached/);
  });

  it("report a source that can't be stopped, and close all the same", async () => {
    const { engine } = makeBench();
    const errors: IsoletError[] = [];
    engine.on("error", (error) => errors.push(error));
    const log: string[] = [];
    await engine.attach(source(log, () => Promise.reject(new Error("stuck"))));
    await engine.attach(source(log));
    await engine.close();
    expect(log).toEqual(["start", "start", "stop", "stop"]);
    expect(errors).toMatchObject([{ code: "PLATFORM", cause: { message: "stuck" } }]);
  });

  it("abort the sources' signal when the engine closes without waiting", async () => {
    const { engine } = makeBench();
    let reason: unknown;
    await engine.attach({
      kind: "test",
      start: async ({ signal }) => signal.addEventListener("abort", () => (reason = signal.reason)),
      stop: async () => {},
    });
    await engine.drain();
    expect(reason).toBeUndefined();
    await engine.close();
    expect(reason).toMatchObject({ code: "ENGINE_CLOSED" });
  });
});
