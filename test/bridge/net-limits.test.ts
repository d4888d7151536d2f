import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { makeCaller, serve } from "./net-support.ts";

const LOOPBACK = ["127.0.0.1"];

/** A server that never answers, and the requests that have come. */
async function silence() {
  const waiting: ServerResponse[] = [];
  const port = await serve((_request, response) => waiting.push(response));
  return { waiting, url: `http://127.0.0.1:${port}/` };
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve));
}

describe("a limit of connections", () => {
  it("on a response's size is kept, whether its length is said or not", async () => {
    const port = await serve((request, response) => {
      if (request.url === "/said") response.setHeader("Content-Length", 1_001);
      response.end("x".repeat(request.url === "/fits" ? 1_000 : 1_001));
    });
    const caller = makeCaller({ hosts: LOOPBACK, responseBytes: 1_000 });
    const at = (path: string) => caller.fetch({ url: `http://127.0.0.1:${port}${path}` });
    expect((await at("/fits")).body).toHaveLength(1_000);
    for (const path of ["/said", "/unsaid"]) {
      const message = `GET http://127.0.0.1:${port}${path} is over the limit permissions.net.responseBytes of 1000 bytes. [ERR_RESPONSE_TOO_LARGE]`;
      await expect(at(path)).rejects.toThrow(message);
    }
  });

  it("on a request's size is kept, and on what waits of all of them", async () => {
    const { url } = await silence();
    const caller = makeCaller({ hosts: LOOPBACK, requestBytes: 1_000, concurrency: 1 });
    const limit = "permissions.net.requestBytes of 1000 bytes. [ERR_REQUEST_TOO_LARGE]";
    await expect(caller.fetch({ method: "POST", url }, "x".repeat(1_001))).rejects.toThrow(limit);
    // The first is under way for ever, so that the others wait with what they have.
    caller.open({ url }, () => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    void caller.fetch({ method: "POST", url }, "x".repeat(600)).catch(() => undefined);
    await expect(caller.fetch({ method: "POST", url }, "x".repeat(600))).rejects.toThrow(limit);
  });

  it("on what waits of one request is kept, whatever a guest says", async () => {
    const { url } = await silence();
    const caller = makeCaller({ hosts: LOOPBACK, concurrency: 1 });
    caller.open({ url }, () => undefined);
    const message = "More of POST";
    await expect(caller.fetch({ method: "POST", url }, "x".repeat(262_144 + 65_537))).rejects.toThrow(
      message,
    );
  });

  it("on time is kept, from the start to the end of the response", async () => {
    const port = await serve((_request, response) => {
      response.write("begun");
    });
    const caller = makeCaller({ hosts: LOOPBACK, timeoutMs: 30 });
    await expect(caller.fetch({ url: `http://127.0.0.1:${port}/` })).rejects.toThrow(
      "took longer than permissions.net.timeoutMs of 30 ms. [ETIMEDOUT]",
    );
  });

  it("on time is kept for connecting, names included", async () => {
    const caller = makeCaller({ hosts: ["slow.example"], connectTimeoutMs: 20 }, () => undefined);
    await expect(caller.fetch({ url: "http://slow.example/" })).rejects.toThrow(
      "Connecting to slow.example took longer than permissions.net.connectTimeoutMs of 20 ms. [ETIMEDOUT]",
    );
  });

  it("on requests at once makes the others wait their turn", async () => {
    const { waiting, url } = await silence();
    const caller = makeCaller({ hosts: LOOPBACK, concurrency: 2 });
    const all = [1, 2, 3, 4].map(() => caller.fetch({ url }));
    await until(() => waiting.length === 2);
    expect(waiting).toHaveLength(2);
    for (const answered of [1, 2, 3, 4]) {
      await until(() => waiting.length > 0);
      waiting.shift()?.end(String(answered));
    }
    expect((await Promise.all(all)).map(({ body }) => body).toSorted()).toEqual(["1", "2", "3", "4"]);
  });
});

describe("a response", () => {
  it("goes no further ahead of its reader than eight parts", async () => {
    const port = await serve((_request, response) => response.end(Buffer.alloc(4_000_000, "x")));
    const caller = makeCaller({ hosts: LOOPBACK });
    let parts = -1;
    let bytes = 0;
    const done = Promise.withResolvers<undefined>();
    const call = caller.open({ url: `http://127.0.0.1:${port}/` }, (kind, text) => {
      if (kind === 1) done.resolve(undefined);
      else if (++parts > 0) {
        bytes += text.length - 1;
        if (isReading) call.more("~1");
      }
    });
    let isReading = false;
    await until(() => parts === 8);
    // Whatever else has come by now would have been said.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(parts).toBe(8);
    isReading = true;
    for (let part = 0; part < 20; part++) call.more("~1");
    await done.promise;
    expect(bytes).toBe(4_000_000);
  });

  it("that breaks off is an error, and no end", async () => {
    const port = await serve((_request, response) => {
      response.setHeader("Content-Length", 10);
      response.write("12345", () => response.destroy());
    });
    const caller = makeCaller({ hosts: LOOPBACK });
    await expect(caller.fetch({ url: `http://127.0.0.1:${port}/` })).rejects.toThrow("[ECONNRESET]");
  });

  it("that nobody wants any more, or whose environment is no more, has its connection closed", async () => {
    const { waiting, url } = await silence();
    const caller = makeCaller({ hosts: LOOPBACK });
    const first = caller.open({ url }, () => undefined);
    caller.open({ url }, () => undefined);
    await until(() => waiting.length === 2);
    const closed = waiting.map((response) => once(response, "close"));
    first.end();
    await Promise.race(closed);
    expect(waiting.filter((response) => response.destroyed)).toHaveLength(1);
    caller.close();
    await Promise.all(closed);
  });
});

describe("a request", () => {
  it.each([
    [{ url: "ftp://127.0.0.1/" }, "not an http or https one"],
    [{ url: "nonsense" }, "not an http or https one"],
    [{ url: "http://user:word@127.0.0.1/" }, "credentials"],
    [{ url: "http://127.0.0.1/", method: "CONNECT" }, "never allowed"],
    [{ url: "http://127.0.0.1/", method: "trace" }, "never allowed"],
    [{ url: "http://127.0.0.1/", method: "GET / HTTP/1.1\r\nX: y" }, "not a token"],
    [{ url: "http://127.0.0.1/", headers: [["a b", "c"]] }, "characters that no header can have"],
    [{ url: "http://127.0.0.1/", headers: [["a", "b\r\nc: d"]] }, "characters that no header can have"],
    [{ url: "http://127.0.0.1/", headers: [["a"]] }, "not a pair"],
    [{ url: "http://127.0.0.1/", headers: [["a", "x".repeat(70_000)]] }, "more than 65536 characters"],
    [
      {
        url: "http://127.0.0.1/",
        headers: [
          ["content-length", "1"],
          ["content-length", "2"],
        ],
      },
      "not one number",
    ],
    [{ url: "http://127.0.0.1/", headers: [["host", "a/b"]] }, "not a host"],
  ])("is refused when it is none: %j", async (request, message) => {
    const caller = makeCaller({ hosts: LOOPBACK });
    await expect(caller.fetch(request)).rejects.toThrow(message);
  });

  it("may name another Host only where that is granted, too", async () => {
    const port = await serve((request, response) => response.end(request.headers.host));
    const caller = makeCaller({ hosts: [...LOOPBACK, "granted.example"] });
    const url = `http://127.0.0.1:${port}/`;
    expect((await caller.fetch({ url, headers: [["Host", "granted.example"]] })).body).toBe(
      "granted.example",
    );
    await expect(caller.fetch({ url, headers: [["Host", "other.example"]] })).rejects.toThrow(
      '{ net: { hosts: ["other.example:80"] } }. [ERR_ACCESS_DENIED]',
    );
  });

  it("connects to the address that was checked, whatever the name stands for the next time", async () => {
    const port = await serve((_request, response) => {
      response.setHeader("Connection", "close");
      response.end("here");
    });
    const answers = ["127.0.0.1", "127.0.0.2"];
    const caller = makeCaller({ hosts: ["rebinding.example", "127.0.0.1"] }, (_host, _options, callback) => {
      callback(null, [{ address: answers.shift() ?? "", family: 4 }]);
    });
    const url = `http://rebinding.example:${port}/`;
    expect((await caller.fetch({ url })).body).toBe("here");
    await expect(caller.fetch({ url })).rejects.toThrow("at the loopback address 127.0.0.2");
    expect(answers).toEqual([]);
  });
});

describe("a query of a name", () => {
  it("needs the grant of that name", async () => {
    const caller = makeCaller({ hosts: ["*.example.com:443"] });
    const ask = (name: string, options = {}) => caller.call("net.dns", { method: "lookup", name, options });
    expect(await ask("a.example.com")).toEqual({ address: "127.0.0.1", family: 4 });
    expect(await ask("a.example.com", { all: true })).toEqual([{ address: "127.0.0.1", family: 4 }]);
    await expect(ask("example.org")).rejects.toThrow(
      '{ net: { hosts: ["example.org"] } }. [ERR_ACCESS_DENIED]',
    );
    expect(caller.ledger.leastPermissions(true)).toEqual({
      net: { hosts: ["a.example.com", "example.org"] },
    });
  });

  it("of no such kind is refused", async () => {
    const caller = makeCaller(true);
    const asked = caller.call("net.dns", { method: "constructor", name: "example.com" });
    await expect(asked).rejects.toThrow("dns.constructor isn't there. [ERR_METHOD_NOT_IMPLEMENTED]");
  });
});
