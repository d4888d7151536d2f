import { createServer as createServer1 } from "node:http";
import { createServer as createServer2 } from "node:http2";
import { createRequire } from "node:module";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeBench } from "./helpers.ts";

const require = createRequire(import.meta.url);
const ASYNC = Object.getPrototypeOf(async () => undefined) as { constructor: FunctionConstructor };

interface Asked {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  on(event: string, listener: (part?: unknown) => void): unknown;
}

interface Answer {
  writeHead(status: number, headers?: Record<string, string | string[]>): unknown;
  write(part: string | Uint8Array): unknown;
  end(part?: string | Uint8Array): unknown;
  readonly stream?: { close(code: number): void };
  readonly socket?: Socket | null;
}

/** The same answers by HTTP/2, which Node's client speaks, and by HTTP/1.1, which isolet's engine does. */
async function serve(): Promise<{ readonly http1: string; readonly http2: string }> {
  const http1 = createServer1((request, response) => answer(request, response));
  const http2 = createServer2((request, response) => answer(request, response));
  const [first, second] = [http1, http2].map(async (server) => {
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  return { http1: (await first) ?? "", http2: (await second) ?? "" };
}

function answer(request: Asked, response: Answer): void {
  if (request.url === "/silent") return;
  if (request.url === "/cut") {
    response.writeHead(200);
    response.write("part");
    setImmediate(() => (response.stream ? response.stream.close(2) : response.socket?.destroy()));
    return;
  }
  const parts: Buffer[] = [];
  request.on("data", (part) => parts.push(part as Buffer));
  request.on("end", () => {
    if (request.url === "/large") {
      response.writeHead(200);
      response.end(Buffer.alloc(1_000_000, "x"));
      return;
    }
    const { method, url, headers } = request;
    const asked = { method, url, a: headers["x-a"], type: headers["content-type"] };
    response.writeHead(url === "/missing" ? 404 : 200, { "x-b": "2", "set-cookie": ["c=1", "d=2"] });
    response.end(JSON.stringify({ ...asked, body: Buffer.concat(parts).toString() }));
  });
}

/** What the body of an async function with `require` and `url` gives in Node and in isolet. */
async function both(body: string): Promise<[node: unknown, isolet: unknown]> {
  const urls = await serve();
  const source = `const http2 = require("node:http2");
    const ask = (session, headers, body) => new Promise((resolve) => { const events = []; let text = "";
      const stream = session.request(headers);
      stream.setEncoding("utf8").on("response", (got) => { const { ":status": status, "x-b": b, "set-cookie": cookies } = got; events.push({ status, b, cookies }); });
      stream.on("data", (part) => (text += part)).on("end", () => events.push("end")).on("aborted", () => events.push("aborted"));
      stream.on("error", (error) => events.push([error.code, error.message.replace(/\\d{4,5}/g, "PORT")])).on("close", () => { events.push(["close", stream.rstCode]); resolve([...events, text.length < 999 ? text : text.length]); });
      if (body !== undefined) stream.end(body); });
    ${body}`;
  const run = new ASYNC.constructor("require", "url", source) as (
    load: NodeJS.Require,
    url: string,
  ) => Promise<unknown>;
  const bench = makeBench();
  await bench.deploy(`exports.handler = async ({ url }) => { ${source} };`, {
    permissions: { net: { hosts: ["127.0.0.1"] } },
  });
  const inNode = JSON.parse(JSON.stringify(await run(require, urls.http2))) as unknown;
  return [inNode, (await bench.succeed({ url: urls.http1 })).payload];
}

describe("clients of node:http2", () => {
  it("are answered as over a connection of their own", async () => {
    const [node, isolet] = await both(`const session = http2.connect(url); const seen = [];
      session.on("close", () => seen.push("closed"));
      await new Promise((resolve) => session.once("connect", resolve));
      const answers = await Promise.all([ask(session, { ":path": "/a?b=1", "X-A": "é1" }),
        ask(session, { ":method": "POST", ":path": "/p", "content-type": "text/plain" }, "grüß"), ask(session, { ":path": "/missing" }), ask(session, { ":path": "/large" })]);
      await new Promise((resolve) => session.close(resolve));
      return [answers, seen, session.closed, session.destroyed, session.alpnProtocol, session.encrypted, session.type];`);
    expect(isolet).toEqual(node);
  });

  it("write in pieces and read as they come", async () => {
    const [node, isolet] = await both(`const session = http2.connect(url, {}, () => undefined);
      const stream = session.request({ ":method": "PUT", ":path": "/p" });
      for (const part of ["a", "b", "c"]) await new Promise((resolve) => stream.write(part, resolve));
      stream.end(); const parts = []; for await (const part of stream) parts.push(part); session.destroy();
      return [JSON.parse(Buffer.concat(parts)), stream.sentHeaders[":method"], stream.id, session.destroyed];`);
    expect(isolet).toEqual(node);
  });

  it("fail as Node's do: refused connections, responses that are cut, streams given up and timed out", async () => {
    const [node, isolet] =
      await both(`const refused = http2.connect("http://127.0.0.1:1"); const of = []; refused.on("error", (error) => of.push(error.code)).on("close", () => of.push("close"));
      const answers = [await ask(refused, { ":path": "/" })]; await new Promise((resolve) => setTimeout(resolve, 5));
      const session = http2.connect(url);
      answers.push(await ask(session, { ":path": "/" }), await ask(session, { ":path": "/cut" }));
      const given = session.request({ ":path": "/silent" }); const seen = [];
      for (const name of ["aborted", "error", "close"]) given.on(name, () => seen.push(name));
      given.setTimeout(5, () => { seen.push("timeout"); given.close(http2.constants.NGHTTP2_CANCEL); });
      await new Promise((resolve) => given.once("close", resolve));
      const signalled = session.request({ ":path": "/silent" }, { signal: AbortSignal.timeout(5) });
      const aborted = await new Promise((resolve) => signalled.on("error", (error) => resolve([error.name, error.code])));
      const last = session.request({ ":path": "/a" }); const of2 = [];
      for (const name of ["aborted", "error", "end", "close"]) last.on(name, () => of2.push(name)); last.on("end", () => session.destroy()).resume();
      await new Promise((resolve) => last.once("close", resolve)); of.push(of2); return [of, answers, seen, given.rstCode, aborted];`);
    expect(isolet).toEqual(node);
  });

  it("say what was not granted, and that gRPC can't be", async () => {
    const bench = makeBench();
    await bench.deploy(`const http2 = require("http2");
      exports.handler = async () => { const session = http2.connect("https://api.example"); session.on("error", () => {});
        const denied = [await new Promise((resolve) => session.request({}).on("error", (error) => resolve(error.message)))];
        try { http2.connect("https://api.example").request({ "content-type": "application/grpc+proto" }); } catch (error) { denied.push(error.message); }
        try { session.request({}); } catch (error) { denied.push(error.code); } return denied; };`);
    const [denied, grpc, late] = (await bench.succeed()).payload as string[];
    expect(denied).toMatch(/may not GET https:\/\/api\.example.*permissions: \{ net/);
    expect(grpc).toMatch(/^gRPC is not available in isolet: .*trailers/);
    expect(late).toBe("ERR_HTTP2_INVALID_SESSION");
  });
});
