import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/index.ts";
import type { MeterRecord } from "../../src/index.ts";
import { httpSource } from "../../src/sources/http.ts";
import { until } from "../engine/helpers.ts";
import { installLadder, LADDER } from "./install.ts";

interface Running {
  readonly url: string;
  readonly lines: string[];
  readonly meters: MeterRecord[];
  close(): Promise<void>;
}

async function start(): Promise<Running> {
  const engine = new Engine({ cells: { count: 1, prepared: 0, spares: 0 } });
  const lines: string[] = [];
  const meters: MeterRecord[] = [];
  engine.on("log", ({ line }) => lines.push(line));
  engine.on("meter", (record) => meters.push(record));
  const code = { file: join(LADDER, "handlers", "hono-streaming.ts") };
  await engine.deploy("hono", { code, timeoutMs: 60_000 });
  const api = httpSource({ routes: { $default: "hono" } });
  await engine.attach(api);
  const server = createServer(api.listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lines,
    meters,
    async close() {
      await engine.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("hono's streams behind HTTP", () => {
  let unreachable: string | undefined;
  let running: Running | undefined;

  beforeAll(async () => {
    unreachable = await installLadder();
    if (unreachable === undefined) running = await start();
    else console.warn(`skipped: hono's streams; ${unreachable}`);
  }, 300_000);

  afterAll(() => running?.close());

  const check = (name: string, run: (api: Running) => Promise<void>): void => {
    it(name, async (context) => {
      if (!running) return context.skip(unreachable ?? "");
      await run(running);
    });
  };

  check("streamSSE", async ({ url }) => {
    const response = await fetch(`${url}/events?count=3`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe(
      [0, 1, 2].map((id) => `event: tick\ndata: {"id":${id}}\nid: ${id}\n\n`).join(""),
    );
  });

  check("streamSSE of a client that goes", async ({ url, lines, meters }) => {
    const controller = new AbortController();
    const response = await fetch(`${url}/events?count=1000000`, { signal: controller.signal });
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toContain("event: tick");
    const before = meters.length;
    controller.abort();
    await until(() => lines.some((line) => line.includes("the client has gone")));
    await until(() => meters.length > before);
    expect(meters.at(-1)?.outcome).toBe("succeeded");
  });

  check("streamText, stream and compress", async ({ url }) => {
    const text = async (path: string): Promise<string> => (await fetch(url + path)).text();
    expect(await text("/text")).toBe("one two\n");
    expect(await text("/piped")).toBe("a".repeat(100_000));
    expect(await text("/breaks")).toBe("part and broken");
    const zipped = await fetch(`${url}/zipped`);
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    expect(await zipped.text()).toBe("z".repeat(5_000));
  });
});
