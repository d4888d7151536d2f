import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { makeCaller, serve } from "./net-support.ts";

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  request.setEncoding("latin1");
  for await (const chunk of request) body += chunk as string;
  const { method, url, rawHeaders } = request;
  response.writeHead(201, "Made", [
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
  ]);
  response.end(JSON.stringify({ method, url, rawHeaders, body }), "latin1");
}

function pairs(rawHeaders: readonly string[]): Record<string, string> {
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return Object.fromEntries(names.map((name, index) => [name, rawHeaders[2 * index + 1] ?? ""]));
}

describe("a request to a granted host", () => {
  it("carries method, path, headers and body, and gives status, headers and body", async () => {
    const port = await serve((request, response) => void echo(request, response));
    const caller = makeCaller({ hosts: [`127.0.0.1:${port}`] });
    const headers = [
      ["X-One", "1"],
      ["x-one", "2"],
      ["Connection", "close"],
      ["Transfer-Encoding", "gzip"],
      ["Host", `127.0.0.1:${port}`],
    ];
    const url = `http://127.0.0.1:${port}/a/b?c=d#e`;
    const outcome = await caller.fetch({ method: "PUT", url, headers }, "bytes \xff\x00");
    expect(outcome.status).toBe(201);
    expect(outcome.headers.filter(([name]) => name === "Set-Cookie")).toEqual([
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ]);
    const seen = JSON.parse(outcome.body) as { rawHeaders: string[] };
    expect(seen).toMatchObject({ method: "PUT", url: "/a/b?c=d", body: "bytes \xff\x00" });
    expect(pairs(seen.rawHeaders)).toEqual({
      "X-One": "2",
      "Transfer-Encoding": "chunked",
      Host: `127.0.0.1:${port}`,
      Connection: "keep-alive",
    });
  });

  it("keeps the connection for the next one of its environment, and closes it with that", async () => {
    const ports: (number | undefined)[] = [];
    let closed: Promise<unknown> | undefined;
    const port = await serve((request, response) => {
      ports.push(request.socket.remotePort);
      closed ??= once(request.socket, "close");
      response.end("ok");
    });
    const caller = makeCaller({ hosts: ["127.0.0.1"] });
    const url = `http://127.0.0.1:${port}/`;
    await caller.fetch({ url });
    await caller.fetch({ url });
    expect(ports[1]).toBe(ports[0]);
    caller.close();
    await closed;
  });

  it("frames the body of a method that usually has none", async () => {
    const port = await serve((request, response) => void echo(request, response));
    const caller = makeCaller({ hosts: ["127.0.0.1"] });
    const url = `http://127.0.0.1:${port}/`;
    const first = await caller.fetch({ method: "DELETE", url }, "GET /smuggled HTTP/1.1\r\n\r\n");
    expect(JSON.parse(first.body)).toMatchObject({
      method: "DELETE",
      body: "GET /smuggled HTTP/1.1\r\n\r\n",
    });
    const next = await caller.fetch({ url });
    expect(JSON.parse(next.body)).toMatchObject({ method: "GET", url: "/" });
  });

  it("says what the connection failed of", async () => {
    const port = await serve((request) => request.socket.destroy());
    const caller = makeCaller({ hosts: ["127.0.0.1"] });
    await expect(caller.fetch({ url: `http://127.0.0.1:${port}/` })).rejects.toThrow(
      "Error: socket hang up [ECONNRESET]",
    );
  });
});

describe("what is not granted", () => {
  it.each([
    ["nothing is granted", undefined, "http://example.com/", '{ net: { hosts: ["example.com:80"] } }'],
    ["another host", { hosts: ["example.com"] }, "https://www.example.com/", '"www.example.com:443"'],
    ["another port", { hosts: ["example.com:443"] }, "http://example.com/", '"example.com:80"'],
    [
      "another scheme",
      { hosts: ["example.com"], schemes: ["https"] as const },
      "http://example.com/",
      '"http" in permissions.net.schemes',
    ],
    [
      "another method",
      { hosts: ["example.com"], methods: ["POST"] },
      "http://example.com/",
      '"GET" in permissions.net.methods',
    ],
    ["loopback by every public host", true, "http://127.0.0.1:8000/", '"127.0.0.1:8000"'],
    ["loopback in other words", true, "http://0x7f.1/", '"127.0.0.1:80"'],
    ["loopback as a mapped address", true, "http://[::ffff:127.0.0.1]/", '"[::ffff:7f00:1]:80"'],
    ["a name that resolves to loopback", true, "http://example.com/", "at the loopback address 127.0.0.1"],
    [
      "a name granted that resolves to loopback",
      { hosts: ["example.com"] },
      "http://example.com/",
      '"127.0.0.1:80"',
    ],
  ])("is refused with the grant to add: %s", async (_name, net, url, grant) => {
    const caller = makeCaller(net);
    const refused = caller.fetch({ url });
    await expect(refused).rejects.toThrow("NotAllowedError: ");
    await expect(refused).rejects.toThrow(grant);
    await expect(refused).rejects.toThrow("[ERR_ACCESS_DENIED]");
    expect(caller.ledger.listDenied()).toHaveLength(1);
  });
});
