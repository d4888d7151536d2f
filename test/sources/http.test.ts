import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type Server,
} from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterEach, describe, expect, test } from "vitest";
import {
  AbortedError,
  EngineClosedError,
  FunctionNotFoundError,
  PayloadTooLargeError,
  SourceError,
  ThrottledError,
} from "../../src/base/errors.ts";
import { eventSourceConformance } from "../../src/sources/conformance.ts";
import {
  httpSource,
  type HttpApiEvent,
  type HttpSource,
  type HttpSourceOptions,
} from "../../src/sources/http.ts";
import { FunctionFailure, type RecordedCall } from "../../src/sources/recording-invoker.ts";
import { corpus, makeRig, until, type Rig } from "./support.ts";

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function listen(listener: HttpSource["listener"]): Promise<{ server: Server; port: number }> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { server, port: (server.address() as AddressInfo).port };
}

interface Api {
  readonly rig: Rig;
  readonly source: HttpSource;
  readonly port: number;
  readonly url: string;
}

async function serve(options: Partial<HttpSourceOptions> = {}): Promise<Api> {
  const source = httpSource({ routes: { $default: "fn" }, ...options });
  const rig = makeRig();
  await source.start(rig.context);
  const { port } = await listen(source.listener);
  open.push(() => {
    rig.abort.abort();
    return source.stop();
  });
  return { rig, source, port, url: `http://127.0.0.1:${port}` };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: string[];
  readonly body: Buffer;
}

/** A request as it is, without fetch's own ideas about headers and paths. */
function send(port: number, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: "127.0.0.1", agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const { statusCode: status, headers, rawHeaders } = response;
        resolve({ status, headers, rawHeaders, body: Buffer.concat(chunks) });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

const eventOf = (api: Api, index = 0) => api.rig.invoker.calls[index]?.payload as HttpApiEvent;
const json = (answer: Answer): unknown => JSON.parse(answer.body.toString());
const nothing = () => new Promise(() => {});

/** A connection whose bytes the test writes itself. */
async function dial(api: Api, text: string): Promise<Socket> {
  const socket = connect(api.port, "127.0.0.1");
  socket.on("error", () => {}).resume();
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

describe("the event", () => {
  test("has the form of payload format 2.0", async () => {
    const api = await serve({ routes: { "POST /items/{id}": "items" } });
    const answer = await send(
      api.port,
      {
        method: "POST",
        path: "/items/a%20b?x=1&x=2&y=%C3%A9+z&flag",
        headers: {
          Host: "api.example.com:8080",
          "User-Agent": "test/1",
          Cookie: "a=1; b=2",
          "X-Many": ["one", "two"],
          "Content-Type": "application/json",
          "X-Forwarded-For": "203.0.113.9",
          "X-Amzn-Trace-Id": "Root=1-0-0",
        },
      },
      '{"n":1}',
    );
    expect(answer.status).toBe(200);
    expect(api.rig.invoker.calls[0]?.name).toBe("items");
    const event: APIGatewayProxyEventV2 = eventOf(api);
    expect(event).toEqual({
      version: "2.0",
      routeKey: "POST /items/{id}",
      rawPath: "/items/a b",
      rawQueryString: "x=1&x=2&y=%C3%A9+z&flag",
      cookies: ["a=1", "b=2"],
      headers: {
        host: "api.example.com:8080",
        "user-agent": "test/1",
        "x-many": "one,two",
        "content-type": "application/json",
        "content-length": "7",
        connection: "close",
        "x-forwarded-for": "203.0.113.9, 127.0.0.1",
        "x-forwarded-port": String(api.port),
        "x-forwarded-proto": "http",
        "x-amzn-trace-id": "Root=1-0-0",
      },
      queryStringParameters: { x: "1,2", y: "é z", flag: "" },
      pathParameters: { id: "a b" },
      requestContext: {
        accountId: "123456789012",
        apiId: "isolet",
        domainName: "api.example.com",
        domainPrefix: "api",
        http: {
          method: "POST",
          path: "/items/a b",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "test/1",
        },
        requestId: expect.stringMatching(/^[\w+/]{15}=$/),
        routeKey: "POST /items/{id}",
        stage: "$default",
        time: "01/Jan/2026:00:00:00 +0000",
        timeEpoch: Date.UTC(2026, 0, 1),
      },
      body: '{"n":1}',
      isBase64Encoded: false,
    });
    expect(answer.headers["apigw-requestid"]).toBe(event.requestContext.requestId);
  });

  const sample = corpus("events/powertools/apigw-http/no-auth.json");
  test.skipIf(!sample)("has the keys of a recorded one", async () => {
    const recorded = JSON.parse(readFileSync(sample ?? "", "utf8")) as APIGatewayProxyEventV2 & {
      requestContext: { authorizer?: unknown };
    };
    // The recorded API has an authorizer.
    delete recorded.requestContext.authorizer;
    delete recorded.headers["authorization"];
    const api = await serve({ routes: { "POST /lambda": "fn" } });
    const headers = {
      accept: "*/*",
      "accept-encoding": "gzip, deflate",
      "content-length": "0",
      "user-agent": "x",
    };
    await send(api.port, { method: "POST", path: "/lambda", headers });
    const event = eventOf(api);
    delete event.headers["connection"];
    expect(shape(event)).toEqual(shape(recorded));
  });

  const full = corpus("events/sam/apigateway/HttpApi.json");
  test.skipIf(!full)("has no keys that SAM's full sample lacks", async () => {
    const keys = Object.keys(JSON.parse(readFileSync(full ?? "", "utf8")) as object);
    const api = await serve({ routes: { "PUT /{x}": "fn" } });
    await send(api.port, { method: "PUT", path: "/a?b=c", headers: { cookie: "d=e" } }, "body");
    expect(keys.filter((key) => key !== "stageVariables").toSorted()).toEqual(
      Object.keys(eventOf(api)).toSorted(),
    );
  });

  const text = "héllo";
  test.each([
    ["text/plain", text, false],
    ["text/html; charset=utf-8", text, false],
    ["application/json", text, false],
    ["APPLICATION/JSON;charset=UTF-8", text, false],
    ["application/xml", text, false],
    ["application/javascript", text, false],
    ["application/x-www-form-urlencoded", "a=1", true],
    ["application/vnd.api+json", "{}", true],
    ["application/octet-stream", Buffer.from([0, 255, 128, 13, 10]), true],
    ["image/png", Buffer.from([137, 80, 78, 71]), true],
    // It says text, and base64 is the only way not to lose it.
    ["text/plain; charset=iso-8859-1", Buffer.from([0xe9, 0x20]), true],
    [undefined, text, true],
  ])("carries a body of type %s", async (type, body, isBase64Encoded) => {
    const api = await serve();
    await send(
      api.port,
      { method: "POST", headers: type === undefined ? {} : { "content-type": type } },
      body,
    );
    const event = eventOf(api);
    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    expect(Buffer.from(event.body ?? "", isBase64Encoded ? "base64" : "utf8")).toEqual(Buffer.from(body));
  });

  test("has no body when the request has none, or an empty one", async () => {
    const api = await serve();
    await send(api.port, { method: "GET" });
    await send(api.port, { method: "POST", headers: { "transfer-encoding": "chunked" } });
    for (const index of [0, 1]) {
      expect(eventOf(api, index)).not.toHaveProperty("body");
      expect(eventOf(api, index).isBase64Encoded).toBe(false);
      expect(eventOf(api, index)).not.toHaveProperty("queryStringParameters");
      expect(eventOf(api, index)).not.toHaveProperty("cookies");
    }
  });

  test("takes names that objects have of their own", async () => {
    const api = await serve();
    await send(api.port, {
      path: "/?constructor=1&constructor=2&toString=3",
      headers: { "has-own-property": "x" },
    });
    expect(eventOf(api).queryStringParameters).toEqual({ constructor: "1,2", toString: "3" });
  });

  test("has a client's IPv4 address as such on a dual-stack socket", async () => {
    const api = await serve();
    const server = createServer(api.source.listener).listen(0);
    await once(server, "listening");
    await send((server.address() as AddressInfo).port);
    server.close();
    expect(eventOf(api).requestContext.http.sourceIp).toBe("127.0.0.1");
  });

  test("comes of a target in absolute form, as proxies send it", async () => {
    const api = await serve();
    await send(api.port, { path: "http://other.example/a/b?c=d" });
    expect(eventOf(api)).toMatchObject({ rawPath: "/a/b", rawQueryString: "c=d" });
  });
});

/** Keys, deeply, and the types of values. */
function shape(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}

describe("routes", () => {
  const routes = {
    "ANY /items/{id}": "any",
    "GET /items": "list",
    "POST /items": "create",
    "GET /items/{id}": "read",
    "GET /items/special": "special",
    "ANY /admin/{proxy+}": "admin",
    "GET /admin/health": "health",
    "GET /{a}/{b}/deep": "deep",
    "GET /": "root",
    "GET /café": "cafe",
  };

  test.each([
    ["GET", "/", "root", undefined],
    ["GET", "/items", "list", undefined],
    ["POST", "/items", "create", undefined],
    ["DELETE", "/items", undefined, undefined],
    ["GET", "/items/", undefined, undefined],
    ["GET", "/items/7", "read", { id: "7" }],
    ["GET", "/items/a%2Fb", "read", { id: "a/b" }],
    ["GET", "/items/special", "special", undefined],
    ["DELETE", "/items/special", "any", { id: "special" }],
    ["PATCH", "/items/7", "any", { id: "7" }],
    ["GET", "/admin/health", "health", undefined],
    ["POST", "/admin/health", "admin", { proxy: "health" }],
    ["GET", "/admin/a/b/", "admin", { proxy: "a/b/" }],
    ["GET", "/admin", undefined, undefined],
    ["GET", "/admin/", undefined, undefined],
    ["GET", "/x/y/deep", "deep", { a: "x", b: "y" }],
    ["GET", "/caf%C3%A9", "cafe", undefined],
    ["GET", "/nowhere", undefined, undefined],
  ])("%s %s goes to %s", async (method, path, target, pathParameters) => {
    for (const fallback of [false, true]) {
      const api = await serve({ routes: fallback ? { ...routes, $default: "rest" } : routes });
      const answer = await send(api.port, { method, path });
      const expected = target ?? (fallback ? "rest" : undefined);
      expect(api.rig.invoker.calls.map((call) => call.name)).toEqual(
        expected === undefined ? [] : [expected],
      );
      if (expected === undefined) {
        expect(answer.status).toBe(404);
        expect(json(answer)).toEqual({ message: "Not Found" });
      }
      if (target !== undefined) expect(eventOf(api).pathParameters).toEqual(pathParameters);
    }
  });

  test.each<[Record<string, unknown>, string]>([
    [{}, "empty"],
    [{ "/items": "fn" }, "malformed"],
    [{ "get /items": "fn" }, "malformed"],
    [{ "GET items": "fn" }, 'begin with "/"'],
    [{ "GET /a b": "fn" }, "malformed"],
    [{ "GET /{proxy+}/x": "fn" }, "last segment"],
    [{ "GET /a{id}": "fn" }, "malformed"],
    [{ "GET /{}": "fn" }, "malformed"],
    [{ "GET /{id}/{id}": "fn" }, "twice"],
    [{ "GET /{id}": "fn", "GET /{name}": "fn" }, "same requests"],
    [{ "GET /a": "" }, "function"],
    [{ $default: 5 }, "function"],
  ])("are refused: %j", (wrong, why) => {
    const make = () => httpSource({ routes: wrong as Record<string, string> });
    expect(make).toThrow(SourceError);
    expect(make).toThrow(why);
  });
});

describe("the response", () => {
  async function answerTo(
    response: unknown,
    options: RequestOptions = {},
  ): Promise<Answer & { errors: string[] }> {
    const api = await serve();
    api.rig.invoker.behaviour = () => response;
    return { ...(await send(api.port, options)), errors: api.rig.logger.errors };
  }

  test.each([
    [{ message: "hi" }, '{"message":"hi"}'],
    ["Hello", "Hello"],
    ["", ""],
    [7, "7"],
    [null, "null"],
    [undefined, "null"],
    [[1, 2], "[1,2]"],
    [{ body: "not one of ours" }, '{"body":"not one of ours"}'],
  ])("%j is inferred to be the body of a JSON 200", async (response, body) => {
    const answer = await answerTo(response);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.body.toString()).toBe(body);
  });

  test("with a statusCode is taken as it says", async () => {
    const answer = await answerTo({
      statusCode: 201,
      headers: {
        "Content-Type": "text/html",
        "X-Number": 5,
        "x-true": true,
        "Content-Length": "9999",
        Connection: "upgrade",
      },
      cookies: ["a=1; HttpOnly", "b=2"],
      body: "<p>é</p>",
    });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      "content-type": "text/html",
      "x-number": "5",
      "x-true": "true",
      "content-length": "9",
      connection: "close",
      "set-cookie": ["a=1; HttpOnly", "b=2"],
    });
    expect(answer.body.toString()).toBe("<p>é</p>");
  });

  test("joins its cookies with a set-cookie header", async () => {
    const answer = await answerTo({ statusCode: 200, headers: { "Set-Cookie": "a=1" }, cookies: ["b=2"] });
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  });

  test("is decoded from base64 when it says so", async () => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    const answer = await answerTo({
      statusCode: "200",
      isBase64Encoded: true,
      body: bytes.toString("base64"),
    });
    expect(answer.body).toEqual(bytes);
    expect(answer.headers["content-length"]).toBe("4");
    expect(answer.headers["content-type"]).toBe("text/plain;charset=UTF-8");
  });

  test.each([204, 304])("%d has no body", async (statusCode) => {
    const answer = await answerTo({ statusCode, body: "surplus" });
    expect(answer.status).toBe(statusCode);
    expect(answer.body).toHaveLength(0);
  });

  test("to HEAD has the headers alone", async () => {
    const answer = await answerTo({ statusCode: 200, body: "12345" }, { method: "HEAD" });
    expect(answer.headers["content-length"]).toBe("5");
    expect(answer.body).toHaveLength(0);
  });

  test.each([
    [{ statusCode: 99 }, "statusCode"],
    [{ statusCode: 101 }, "statusCode"],
    [{ statusCode: 600 }, "statusCode"],
    [{ statusCode: "ok" }, "statusCode"],
    [{ statusCode: null }, "statusCode"],
    [{ statusCode: 200, body: { a: 1 } }, "body is not a string"],
    [{ statusCode: 200, headers: [] }, "headers is not an object"],
    [{ statusCode: 200, headers: { a: ["b"] } }, "header a"],
    [{ statusCode: 200, headers: { "a b": "c" } }, "characters"],
    [{ statusCode: 200, headers: { a: "b\r\nc: d" } }, "characters"],
    [{ statusCode: 200, cookies: "a=1" }, "cookies is not a list"],
    [{ statusCode: 200, cookies: ["a=1\nx"] }, "characters"],
  ])("%j is malformed: 502", async (response, why) => {
    const answer = await answerTo(response);
    expect(answer.status).toBe(502);
    expect(json(answer)).toEqual({ message: "Internal Server Error" });
    expect(answer.errors).toEqual([expect.stringContaining(why)]);
  });
});

describe("faults", () => {
  test.each<[string, unknown, number, string]>([
    ["a failed function", new FunctionFailure("TypeError"), 502, "Internal Server Error"],
    ["a function's timeout", new FunctionFailure("Sandbox.Timedout"), 504, "Endpoint request timed out"],
    ["a throttle", new ThrottledError("x", "ReservedConcurrency", "r", 1), 429, "Too Many Requests"],
    ["too large an event", new PayloadTooLargeError(2, 1), 413, "Request Too Long"],
    ["an unknown function", new FunctionNotFoundError("x"), 502, "Internal Server Error"],
    ["an engine that closes", new EngineClosedError(), 503, "Service Unavailable"],
    ["an abort", new AbortedError("x"), 503, "Service Unavailable"],
    ["anything else", new Error("secret detail"), 502, "Internal Server Error"],
  ])("%s", async (_name, fault, status, message) => {
    const api = await serve();
    api.rig.invoker.behaviour = () => {
      throw fault;
    };
    const answer = await send(api.port);
    expect(answer.status).toBe(status);
    expect(json(answer)).toEqual({ message });
    expect(answer.headers["content-type"]).toBe("application/json");
    api.rig.invoker.behaviour = () => "fine";
    expect((await send(api.port)).body.toString()).toBe("fine");
  });

  test("timeoutMs passes: 504, and the invocation is aborted", async () => {
    const api = await serve({ timeoutMs: 1_000 });
    api.rig.invoker.behaviour = nothing;
    const pending = send(api.port);
    await until(() => api.rig.invoker.calls.length === 1);
    await api.rig.clock.advance(999);
    expect(api.rig.invoker.calls[0]?.options.signal?.aborted).toBe(false);
    await api.rig.clock.advance(1);
    const answer = await pending;
    expect(answer.status).toBe(504);
    expect(json(answer)).toEqual({ message: "Endpoint request timed out" });
    expect(api.rig.invoker.calls[0]?.options.signal?.aborted).toBe(true);
    expect(api.rig.clock.pendingTimers).toBe(0);
  });

  test("a client that goes away aborts its invocation, and only that", async () => {
    const api = await serve();
    const gate = Promise.withResolvers<string>();
    api.rig.invoker.behaviour = () => gate.promise;
    const staying = send(api.port, { path: "/staying" });
    await until(() => api.rig.invoker.calls.length === 1);
    const socket = await dial(api, "GET /leaving HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(() => api.rig.invoker.calls.length === 2);
    socket.destroy();
    const signals = api.rig.invoker.calls.map((call: RecordedCall) => call.options.signal);
    await until(() => signals[1]?.aborted === true);
    expect(signals[0]?.aborted).toBe(false);
    gate.resolve("still here");
    expect((await staying).body.toString()).toBe("still here");
  });

  test("a client that goes away in its body invokes nothing", async () => {
    const api = await serve();
    const gone = Promise.withResolvers<null>();
    const { port } = await listen((request, response) => {
      if (request.method === "POST") response.once("close", () => gone.resolve(null));
      api.source.listener(request, response);
    });
    const socket = await dial(
      { ...api, port },
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf",
    );
    await send(port, { path: "/meanwhile" });
    socket.destroy();
    await gone.promise;
    await send(port, { path: "/after" });
    const paths = api.rig.invoker.calls.map((call) => (call.payload as HttpApiEvent).rawPath);
    expect(paths).toEqual(["/meanwhile", "/after"]);
  });

  test.each<[string, RequestOptions["headers"]]>([
    ["announced", {}],
    ["chunked", { "transfer-encoding": "chunked" }],
  ])("a body over maxBodyBytes, %s: 413, which the client gets to read", async (_name, headers) => {
    const api = await serve({ maxBodyBytes: 1_000 });
    expect((await send(api.port, { method: "POST", headers }, Buffer.alloc(1_000))).status).toBe(200);
    const answer = await send(api.port, { method: "POST", headers }, Buffer.alloc(1_001));
    expect(answer.status).toBe(413);
    expect(json(answer)).toEqual({ message: "Request Too Long" });
    expect(api.rig.invoker.calls).toHaveLength(1);
  });

  test("a body without end is cut off", async () => {
    const api = await serve({ maxBodyBytes: 1_000 });
    const socket = await dial(api, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const flood = (): void =>
      void socket.write(`400\r\n${"x".repeat(1_024)}\r\n`, (error) => error ?? setImmediate(flood));
    flood();
    await closed;
    expect(api.rig.invoker.calls).toHaveLength(0);
  });

  test("a path that isn't percent-encoded UTF-8: 400", async () => {
    const api = await serve();
    expect((await send(api.port, { path: "/%E0%A4" })).status).toBe(400);
    expect(api.rig.invoker.calls).toHaveLength(0);
  });

  test("a body that something else has read: 500, and a hint", async () => {
    const api = await serve();
    const { port } = await listen((request, response) => {
      request.resume().on("end", () => setImmediate(() => api.source.listener(request, response)));
    });
    expect((await send(port, { method: "POST" }, "x")).status).toBe(500);
    expect(api.rig.logger.errors).toEqual([expect.stringContaining("before body parsers")]);
  });
});

describe("stop", () => {
  test("answers 503 before the start and after", async () => {
    const source = httpSource({ routes: { $default: "fn" } });
    const { port } = await listen(source.listener);
    expect((await send(port)).status).toBe(503);
    const rig = makeRig();
    await source.start(rig.context);
    expect((await send(port)).status).toBe(200);
    await source.stop();
    const answer = await send(port);
    expect(answer.status).toBe(503);
    expect(json(answer)).toEqual({ message: "Service Unavailable" });
    expect(rig.invoker.calls).toHaveLength(1);
  });

  test("lets what is in flight be answered", async () => {
    const api = await serve();
    const gate = Promise.withResolvers<string>();
    api.rig.invoker.behaviour = () => gate.promise;
    const pending = send(api.port);
    await until(() => api.rig.invoker.calls.length === 1);
    const stopping = api.source.stop();
    gate.resolve("in time");
    await stopping;
    expect((await pending).body.toString()).toBe("in time");
  });

  test("doesn't wait for a body that is still coming", async () => {
    const api = await serve();
    const request = httpRequest({ port: api.port, host: "127.0.0.1", method: "POST", agent: false });
    const answered = once(request, "response") as Promise<[IncomingMessage]>;
    request.write("part");
    // The request has arrived once a later one was served.
    await send(api.port, { path: "/later" });
    await api.source.stop();
    const [response] = await answered;
    expect(response.statusCode).toBe(503);
    request.end();
    response.resume();
    expect(api.rig.invoker.calls).toHaveLength(1);
  });

  test("between a body's end and its invocation answers 503", async () => {
    const api = await serve();
    const { port } = await listen((request, response) => {
      api.source.listener(request, response);
      request.on("end", () => void api.source.stop());
    });
    expect((await send(port, { method: "POST" }, "x")).status).toBe(503);
    expect(api.rig.invoker.calls).toHaveLength(0);
  });

  test("answers 503 whatever the route and the body", async () => {
    const api = await serve({ routes: { "POST /a": "fn" }, maxBodyBytes: 1 });
    await api.source.stop();
    expect((await send(api.port, { path: "/nowhere" })).status).toBe(503);
    expect((await send(api.port, { path: "/a", method: "POST" }, "too long")).status).toBe(503);
  });

  test("is cut short by the engine's signal: 503", async () => {
    const api = await serve();
    api.rig.invoker.behaviour = nothing;
    const pending = send(api.port);
    await until(() => api.rig.invoker.calls.length === 1);
    api.rig.abort.abort(new Error("closing"));
    await api.source.stop();
    expect((await pending).status).toBe(503);
  });
});

test.each<[Partial<HttpSourceOptions>, string]>([
  [{ timeoutMs: 0 }, "timeoutMs"],
  [{ timeoutMs: 900_001 }, "timeoutMs"],
  [{ maxBodyBytes: -1 }, "maxBodyBytes"],
])("httpSource refuses %j", (options, field) => {
  expect(() => httpSource({ routes: { $default: "fn" }, ...options })).toThrow(SourceError);
  expect(() => httpSource({ routes: { $default: "fn" }, ...options })).toThrow(field);
});

describe("conformance", () => {
  const checks = eventSourceConformance({
    make: async () => {
      const source = httpSource({ routes: { $default: "fn" } });
      const server = createServer(source.listener);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const answers: Promise<unknown>[] = [];
      return {
        source,
        async produce(count) {
          for (let i = 0; i < count; i++) {
            const arrived = once(server, "request");
            answers.push(send(port));
            await arrived;
          }
        },
        async close() {
          await Promise.all(answers);
          server.closeAllConnections();
          await new Promise((resolve) => server.close(resolve));
        },
      };
    },
  });
  test.each(checks)("$name", (check) => check.run());
});
