import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { loopbackLookup, serve } from "../bridge/net-support.ts";
import { makeBench } from "./helpers.ts";

/** Fetches what the event names; gives the text, or the error and its causes. */
const FETCHER = `export const handler = async ({ url, ...init }) => {
  try { const response = await fetch(url, init); return [response.status, await response.text()]; }
  catch (error) {
    const messages = [];
    for (let at = error; at; at = at.cause) messages.push(at.message);
    return messages.join(" <- ");
  }
};`;

describe("fetch in a function", () => {
  it("reaches what is granted, and is reported with the least grant for it", async () => {
    const port = await serve((request, response) => {
      request.pipe(response);
    });
    const bench = makeBench();
    await bench.deploy(FETCHER, { permissions: { net: { hosts: ["127.0.0.1"] } } });
    const url = `http://127.0.0.1:${port}/`;
    expect((await bench.succeed({ url, method: "POST", body: "héllo" })).payload).toEqual([200, "héllo"]);
    const report = bench.engine.permissions("fn");
    expect(report.used).toEqual([{ permission: "net", detail: `POST http://127.0.0.1:${port}`, count: 1 }]);
    expect(report.leastUsed).toEqual({ net: { hosts: [`127.0.0.1:${port}`], methods: ["POST"] } });
    // It is a setting, and grants what it was made of.
    await bench.deploy(FETCHER, { permissions: report.leastUsed });
    expect((await bench.succeed({ url, method: "POST", body: "x" })).payload).toEqual([200, "x"]);
    expect((await bench.succeed({ url })).payload).toContain('"GET" in permissions.net.methods');
  });

  it("is denied by default, naming the grant", async () => {
    const bench = makeBench();
    await bench.deploy(FETCHER);
    const { payload } = await bench.succeed({ url: "https://api.example.com/v1" });
    expect(payload).toContain('grant it with permissions: { net: { hosts: ["api.example.com:443"] } }');
    expect(bench.engine.permissions("fn")).toMatchObject({
      denied: [{ permission: "net", detail: "GET https://api.example.com:443", count: 1 }],
      leastUsed: {},
      leastAsked: { net: { hosts: ["api.example.com:443"], methods: ["GET"] } },
    });
  });

  it("is checked anew at each redirect", async () => {
    const secret = await serve((_request, response) => response.end("secret"));
    const open = await serve((_request, response) => {
      response.writeHead(302, { Location: `http://127.0.0.1:${secret}/` }).end();
    });
    const bench = makeBench();
    await bench.deploy(FETCHER, { permissions: { net: { hosts: [`127.0.0.1:${open}`] } } });
    const { payload } = await bench.succeed({ url: `http://127.0.0.1:${open}/` });
    expect(payload).toContain(`may not GET http://127.0.0.1:${secret}`);
  });

  it("reaches no private address by a name that resolves to it, and loopback by localhost only", async () => {
    const port = await serve((_request, response) => response.end("here"));
    const bench = makeBench({ lookup: loopbackLookup });
    await bench.deploy(FETCHER, { permissions: { net: { hosts: ["*", "localhost"] } } });
    const { payload } = await bench.succeed({ url: `http://intranet.example:${port}/` });
    expect(payload).toContain("at the loopback address 127.0.0.1");
    expect((await bench.succeed({ url: `http://localhost:${port}/` })).payload).toEqual([200, "here"]);
  });

  it("reaches everything with allowAll", async () => {
    const port = await serve((_request, response) => response.end("here"));
    const bench = makeBench({ lookup: loopbackLookup });
    await bench.deploy(FETCHER, { permissions: { allowAll: true } });
    expect((await bench.succeed({ url: `http://any.example:${port}/` })).payload).toEqual([200, "here"]);
  });

  it("has its connection closed with its environment", async () => {
    const closed = Promise.withResolvers<unknown>();
    const port = await serve((_request, response) => closed.resolve(once(response, "close")));
    const bench = makeBench();
    await bench.deploy(FETCHER, { permissions: { net: { hosts: ["127.0.0.1"] } }, timeoutMs: 300 });
    expect((await bench.fail({ url: `http://127.0.0.1:${port}/` })).error.errorType).toBe("Sandbox.Timedout");
    await closed.promise;
  });
});

describe("an environment that ends with requests open", () => {
  it("costs its cell nothing, and its neighbours don't notice", async () => {
    const port = await serve(() => undefined);
    const bench = makeBench({ cells: { count: 1 } });
    const lost: unknown[] = [];
    bench.engine.on("error", (error) => lost.push(error));
    const permissions = { net: { hosts: ["127.0.0.1"] } };
    const url = `http://127.0.0.1:${port}/`;
    await bench.engine.deploy("neighbour", {
      code: { source: `let count = 0; export const handler = async () => ++count;` },
    });
    expect(await bench.engine.function("neighbour")(null)).toBe(1);
    await bench.deploy(FETCHER, { permissions, timeoutMs: 300 });
    const result = await bench.engine.invoke("fn", { url });
    expect(result).toMatchObject({ status: "failed", error: { errorType: "Sandbox.Timedout" } });
    expect(await bench.engine.function("neighbour")(null)).toBe(2);
    expect(lost).toEqual([]);
  });
});
