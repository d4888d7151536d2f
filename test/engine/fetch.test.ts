import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

let server: Server;
let base: string;
/** Requests whose client has gone before their answer was whole. */
let aborted = 0;

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  switch (request.url?.split("?")[0]) {
    case "/echo":
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.end(
        JSON.stringify({ method: request.method, headers: request.headers, body: body.toString("latin1") }),
      );
      return;
    case "/moved":
      response.writeHead(302, { location: "/echo?moved" }).end();
      return;
    case "/gzip":
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync("squeezed ".repeat(1000)));
      return;
    case "/large":
      response.end(Buffer.alloc(3_000_000, "x"));
      return;
    case "/endless":
      response.on("close", () => aborted++);
      response.write("begun");
      return;
    default:
      response.writeHead(404).end("none");
  }
}

async function run(
  body: string,
  hosts: readonly string[] = [base.slice("http://".length)],
): Promise<unknown> {
  const bench = makeBench();
  await bench.deploy(`export const handler = async (base) => { ${body} };`, {
    timeoutMs: 10_000,
    permissions: { net: { hosts } },
  });
  return (await bench.succeed(base)).payload;
}

describe("fetch in a guest", () => {
  it("sends a method, headers and a body, and gets status, headers and JSON", async () => {
    const seen = await run(`
      const response = await fetch(base + "/echo", { method: "post", headers: { "X-Own": "1" }, body: "grüß" });
      const { method, headers, body } = await response.json();
      return [response.status, response.ok, response.headers.getSetCookie(), method, headers["x-own"], headers["content-type"], body];`);
    const body = Buffer.from("grüß").toString("latin1");
    expect(seen).toEqual([200, true, ["a=1", "b=2"], "POST", "1", "text/plain;charset=UTF-8", body]);
  });

  it("follows redirects, or not", async () => {
    const seen = await run(`
      const followed = await fetch(base + "/moved");
      const manual = await fetch(base + "/moved", { redirect: "manual" });
      return [followed.redirected, followed.url.slice(base.length), (await followed.json()).method, manual.status, manual.headers.get("location")];`);
    expect(seen).toEqual([true, "/echo?moved", "GET", 302, "/echo?moved"]);
  });

  it("uploads forms and streams", async () => {
    const seen = await run(`
      const form = new FormData();
      form.set("file", new File(["abc"], "a.txt", { type: "text/plain" }));
      const sent = await (await fetch(base + "/echo", { method: "POST", body: form })).json();
      const parsed = await new Response(sent.body, { headers: { "content-type": sent.headers["content-type"] } }).formData();
      const pieces = new ReadableStream({
        start(controller) {
          for (const piece of ["one ", "two"]) controller.enqueue(new TextEncoder().encode(piece));
          controller.close();
        },
      });
      const streamed = await (await fetch(base + "/echo", { method: "PUT", body: pieces, duplex: "half" })).json();
      return [parsed.get("file").name, await parsed.get("file").text(), streamed.body];`);
    expect(seen).toEqual(["a.txt", "abc", "one two"]);
  });

  it("decodes what is compressed", async () => {
    expect(await run(`return (await (await fetch(base + "/gzip")).text()).length;`)).toBe(9000);
  });

  it("reads more than the host sends ahead", async () => {
    const seen = await run(`
      let size = 0;
      for await (const chunk of (await fetch(base + "/large")).body) size += chunk.byteLength;
      return size;`);
    expect(seen).toBe(3_000_000);
  });

  it("ends requests that are aborted", async () => {
    const seen = await run(`
      const controller = new AbortController();
      const response = await fetch(base + "/endless", { signal: controller.signal });
      const reader = response.body.getReader();
      const first = new TextDecoder().decode((await reader.read()).value);
      controller.abort();
      return [first, await reader.read().then(() => "read on", (error) => error.name)];`);
    expect(seen).toEqual(["begun", "AbortError"]);
    await expect.poll(() => aborted).toBe(1);
  });

  it("says which grant is missing", async () => {
    const seen = await run(
      `return fetch(base + "/echo").then(() => "sent", (error) => [error.name, error.code, error.message]);`,
      ["example.com"],
    );
    expect(seen).toEqual(["TypeError", "ERR_ACCESS_DENIED", expect.stringContaining("net")]);
  });

  it("fails as Node's does where nobody listens", async () => {
    const seen = await run(
      `
      return fetch("http://127.0.0.1:9/").then(() => "sent", (error) => [error.name, error.message]);`,
      ["127.0.0.1:9"],
    );
    // 9 is one of the ports that no browser connects to.
    expect(seen).toEqual(["TypeError", "fetch failed"]);
  });
});
