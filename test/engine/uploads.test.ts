import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { serve } from "../bridge/net-support.ts";
import { makeBench } from "./helpers.ts";
import type { Bench } from "./helpers.ts";

const CHUNK_BYTES = 65_536;
const CHUNKS = 512;

/** `by` says how it uploads; `made` how many chunks its body has given so far. */
const UPLOADER = `
import { request } from "node:http";
import { Readable } from "node:stream";
let made = 0;
const chunk = () => Buffer.alloc(${CHUNK_BYTES}, made++ % 251);
const ways = {
  async fetch(url) {
    const body = new ReadableStream({
      pull: (controller) => made < ${CHUNKS} ? controller.enqueue(chunk()) : controller.close(),
      cancel: () => console.log("cancelled"),
    }, { highWaterMark: 0 });
    const response = await fetch(url, { method: "POST", body, duplex: "half" });
    return [response.status, await response.text()];
  },
  async http(url) {
    const outgoing = request(url, { method: "POST" });
    const body = Readable.from((function* () { while (made < ${CHUNKS}) yield chunk(); })());
    body.pipe(outgoing);
    const response = await new Promise((resolve, reject) => outgoing.on("response", resolve).on("error", reject));
    let text = "";
    for await (const part of response) text += part;
    return [response.statusCode, text];
  },
  async written(url) {
    const outgoing = request(url, { method: "POST" });
    let waited = 0;
    const response = new Promise((resolve, reject) => outgoing.on("response", resolve).on("error", reject));
    while (made < ${CHUNKS}) {
      if (outgoing.write(chunk())) continue;
      waited++;
      await new Promise((resolve) => outgoing.once("drain", resolve));
    }
    await new Promise((resolve) => outgoing.end(resolve));
    console.log("waited " + (waited > 10) + " " + outgoing.writableLength);
    const { statusCode } = await response;
    return [statusCode, ""];
  },
};
export const handler = async ({ by, url }) => by === "made" ? made : ways[by](url);`;

/** A server that reads nothing until it is told to, and what it has got of a request by then. */
async function slowServer() {
  const requests: IncomingMessage[] = [];
  const bodies: { bytes: number; readonly hash: ReturnType<typeof createHash> }[] = [];
  const port = await serve((request, response) => {
    const body = { bytes: 0, hash: createHash("sha256") };
    bodies.push(body);
    requests.push(request);
    if (request.url === "/refuses") return void response.writeHead(413).end("too much");
    request.on("data", (chunk: Buffer) => {
      body.bytes += chunk.length;
      body.hash.update(chunk);
    });
    request.on("end", () => response.end(String(body.bytes)));
    request.pause();
  });
  return { url: `http://127.0.0.1:${port}/`, requests, bodies };
}

async function start(): Promise<Bench> {
  const bench = makeBench();
  await bench.deploy(UPLOADER, {
    timeoutMs: 60_000,
    environmentConcurrency: 2,
    permissions: { net: { hosts: ["127.0.0.1"], requestBytes: CHUNKS * CHUNK_BYTES } },
  });
  return bench;
}

/** Asks how many chunks were made until that is the same for a while: the buffers on the way are full. */
async function whenFull(bench: Bench): Promise<number> {
  let before = -1;
  for (let same = 0; same < 20;) {
    const now = (await bench.succeed({ by: "made" })).payload as number;
    same = now === before && now > 0 ? same + 1 : 0;
    before = now;
  }
  return before;
}

function expectedHash(): string {
  const hash = createHash("sha256");
  for (let index = 0; index < CHUNKS; index++) hash.update(Buffer.alloc(CHUNK_BYTES, index % 251));
  return hash.digest("hex");
}

describe("a large upload to a slow server", () => {
  it.each(["fetch", "http", "written"])("waits for the server (%s)", async (by) => {
    const bench = await start();
    const { url, requests, bodies } = await slowServer();
    const upload = bench.succeed({ by, url });
    // It can't be that all fits in the window and the system's buffers: these have some megabytes.
    expect(await whenFull(bench)).toBeLessThan(CHUNKS);
    requests[0]?.resume();
    expect((await upload).payload).toEqual([200, by === "written" ? "" : String(CHUNKS * CHUNK_BYTES)]);
    expect(bodies[0]?.hash.digest("hex")).toBe(expectedHash());
    if (by === "written") expect(bench.lines().some((line) => line.includes("waited true 0"))).toBe(true);
  });

  it("stops where the answer comes first", async () => {
    const bench = await start();
    const { url } = await slowServer();
    const { payload } = await bench.succeed({ by: "fetch", url: `${url}refuses` });
    expect(payload).toEqual([413, "too much"]);
    expect((await bench.succeed({ by: "made" })).payload).toBeLessThan(CHUNKS);
  });

  it("fails when the server goes away in its midst", async () => {
    const bench = await start();
    const { url, requests } = await slowServer();
    const upload = bench.fail({ by: "fetch", url });
    await whenFull(bench);
    requests[0]?.destroy();
    expect((await upload).error.errorMessage).toContain("fetch failed");
  });
});
