import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeBench } from "./helpers.ts";

/** A server that tells what it was asked, and its port. */
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const HEAD = `import http from "node:http"; import https from "https";
const ask = (...args) => { const body = args.pop(); return new Promise((resolve, reject) => { const request = http.request(...args, (response) => {
  let text = ""; response.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => resolve([response.statusCode, response.headers, text])).on("error", reject); });
  request.on("error", reject); request.end(body); }); };
`;

async function ask(body: string, port: number): Promise<unknown> {
  const bench = makeBench();
  await bench.deploy(`${HEAD}export const handler = async ({ port, url }) => { ${body} };`, {
    timeoutMs: 20_000,
    permissions: { net: { hosts: [`127.0.0.1:${port}`] } },
  });
  return (await bench.succeed({ port, url: `http://127.0.0.1:${port}` })).payload;
}

describe("requests of node:http", () => {
  it("are sent by the host: method, path, headers and bodies", async () => {
    const port = await serve((request, response) => {
      let body = "";
      request.on("data", (part) => (body += String(part)));
      request.on("end", () => {
        response.setHeader("set-cookie", ["a=1", "b=2"]);
        const { method, url, headers } = request;
        response.end(
          JSON.stringify([
            method,
            url,
            headers["x-a"],
            headers.authorization,
            headers["content-length"],
            body,
          ]),
        );
      });
    });
    const body = `const [status, headers, text] = await ask(url + "/a?b=1", { headers: { "X-A": "1" } }, undefined);
      const [, , put] = await ask({ hostname: "127.0.0.1", port, method: "PUT", path: "/p", auth: "u:p" }, "grüß");
      return [status, headers["set-cookie"], JSON.parse(text), JSON.parse(put)];`;
    expect(await ask(body, port)).toEqual([
      200,
      ["a=1", "b=2"],
      ["GET", "/a?b=1", "1", null, null, ""],
      ["PUT", "/p", null, "Basic dTpw", "6", "grüß"],
    ]);
  });

  it("stream both ways, more than fits at once", async () => {
    const port = await serve((request, response) => void request.pipe(response));
    const body = `const part = Buffer.alloc(100_000, "x"); let size = 0;
      await new Promise((resolve, reject) => { const request = http.request(url, { method: "POST" }, (response) => { response.on("data", (got) => (size += got.length)).on("end", resolve).on("error", reject); });
        request.on("error", reject); for (let n = 0; n < 20; n++) request.write(part); request.end(); });
      return size;`;
    expect(await ask(body, port)).toBe(2_000_000);
  });

  it("fail with codes, time out and are given up", async () => {
    const port = await serve(() => undefined);
    const body = `const outcome = (make) => new Promise((resolve) => { const events = []; const request = make(() => events.push("response"));
        for (const name of ["timeout", "abort", "error", "close"]) request.on(name, (error) => { events.push(error?.code ?? name); if (name === "close") resolve(events); }); });
      return [await outcome((then) => http.get(url, { signal: AbortSignal.timeout(5) }, then)), await outcome((then) => { const request = http.get(url, { timeout: 5 }, then); return request.on("timeout", () => request.destroy()); }),
        await outcome((then) => { const request = http.get(url, then); setTimeout(() => request.abort(), 2); return request; }), (await outcome((then) => https.get("https://denied.example/", then)))];`;
    const [signal, timeout, abort, denied] = (await ask(body, port)) as string[][];
    expect(signal).toEqual(["ABORT_ERR", "close"]);
    expect(timeout).toEqual(["timeout", "ECONNRESET", "close"]);
    expect(abort).toEqual(["abort", "ECONNRESET", "close"]);
    expect(denied?.at(-1)).toBe("close");
    expect(denied).toHaveLength(2);
  });
});

describe("an upgrade to a WebSocket", () => {
  it("is refused before anything is sent, saying what there is", async () => {
    const bench = makeBench();
    await bench.deploy(
      `${HEAD}export const handler = () => new Promise((resolve) => {
        const headers = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
        http.get("http://a.example/", { headers }).on("error", ({ code, message }) => resolve([code, message]));
      });`,
    );
    expect((await bench.succeed()).payload).toEqual([
      "ERR_METHOD_NOT_IMPLEMENTED",
      expect.stringContaining("an upgrade to a WebSocket is not available in a function"),
    ]);
  });
});

describe("servers of node:http", () => {
  it("answer requests that are emitted, and write what Node writes", async () => {
    const bench = makeBench();
    await bench.deploy(`${HEAD}
      const server = http.createServer((request, response) => { response.setHeader("X-A", "1"); response.writeHead(201, { "x-b": "2" }); response.write(request.method); response.end(request.url); });
      function emit(request) { const parts = []; const response = new http.ServerResponse(request); response.sendDate = false;
        response.assignSocket({ writable: true, on() {}, removeListener() {}, write(part, encoding, done) { parts.push(String(part)); [done, encoding].find((one) => typeof one === "function")?.(); return true; } });
        return new Promise((resolve) => { response.on("finish", () => resolve([parts.join(""), response.headersSent, response.getHeaders()])); queueMicrotask(() => server.emit("request", request, response)); }); }
      export const handler = async () => { const request = Object.assign(new http.IncomingMessage({}), { method: "GET", url: "/u", httpVersionMajor: 1, httpVersionMinor: 1 });
        const plain = {}; http.OutgoingMessage.call(Object.setPrototypeOf(plain, http.ServerResponse.prototype));
        const attempt = (act) => { try { return act(); } catch (error) { return error.code; } };
        return [await emit(request), await emit(Object.assign(new http.IncomingMessage({}), { method: "HEAD", url: "/", httpVersionMajor: 1, httpVersionMinor: 1 })), plain.headersSent, plain instanceof http.OutgoingMessage,
          [() => plain.setHeader("a b", "1"), () => plain.setHeader("a", "\\n"), () => plain.setHeader("a"), () => new http.ServerResponse({}).writeHead(42)].map(attempt), http.METHODS.includes("PATCH"), http.STATUS_CODES[418]]; };`);
    expect((await bench.succeed()).payload).toEqual([
      [
        "HTTP/1.1 201 Created\r\nX-A: 1\r\nx-b: 2\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nGET\r\n2\r\n/u\r\n0\r\n\r\n",
        true,
        { "x-a": "1", "x-b": "2" },
      ],
      [
        "HTTP/1.1 201 Created\r\nX-A: 1\r\nx-b: 2\r\nConnection: keep-alive\r\n\r\n",
        true,
        { "x-a": "1", "x-b": "2" },
      ],
      false,
      true,
      [
        "ERR_INVALID_HTTP_TOKEN",
        "ERR_INVALID_CHAR",
        "ERR_HTTP_INVALID_HEADER_VALUE",
        "ERR_HTTP_INVALID_STATUS_CODE",
      ],
      true,
      "I'm a Teapot",
    ]);
  });

  it("listen, as they do on Lambda, where nobody can connect", async () => {
    const bench = makeBench();
    await bench.deploy(
      `${HEAD}export const handler = () => new Promise((resolve) => { const server = http.createServer().listen(3000, () => { const { port } = server.address(); server.close(() => resolve([port, server.listening])); }); });`,
    );
    expect((await bench.succeed()).payload).toEqual([3000, false]);
    expect(bench.lines().join("\n")).toContain(
      "A server listens at port 3000, where nothing can connect to a function",
    );
  });
});
