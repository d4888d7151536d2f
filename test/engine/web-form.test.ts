import { expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

const EVENT = {
  version: "2.0",
  rawPath: "/greet",
  rawQueryString: "name=Ada",
  headers: { host: "example.com", "content-type": "text/plain" },
  cookies: ["a=1", "b=2"],
  body: Buffer.from("é").toString("base64"),
  isBase64Encoded: true,
  requestContext: { http: { method: "POST" } },
};

it("a default export with fetch serves the events of HTTP APIs", async () => {
  const bench = makeBench();
  await bench.deploy(
    `export default { async fetch(request, env, ctx) {
    const url = new URL(request.url);
    ctx.waitUntil(Promise.resolve().then(() => console.log("after")));
    const headers = new Headers({ "content-type": "text/plain" });
    headers.append("set-cookie", "x=1");
    headers.append("set-cookie", "y=2");
    return new Response([request.method, url.host, url.pathname, url.searchParams.get("name"), request.headers.get("cookie"), await request.text(), env.WHO].join(" "), { status: 201, headers });
  } };`,
    { environment: { WHO: "me" } },
  );
  expect((await bench.succeed(EVENT)).payload).toEqual({
    statusCode: 201,
    headers: { "content-type": "text/plain" },
    cookies: ["x=1", "y=2"],
    body: "POST example.com /greet Ada a=1; b=2 é me",
    isBase64Encoded: false,
  });
  expect(bench.lines().some((line) => line.includes("after"))).toBe(true);
  expect((await bench.fail({ some: "event" })).error.errorMessage).toContain("HTTP APIs");
});

it("bytes come back as base64", async () => {
  const bench = makeBench();
  await bench.deploy(
    `export default { fetch: () => new Response(new Uint8Array([0, 255]), { headers: { "content-type": "image/png" } }) };`,
  );
  expect((await bench.succeed(EVENT)).payload).toMatchObject({ body: "AP8=", isBase64Encoded: true });
});

/** As an API Gateway REST API sends it, abridged. */
const REST = {
  resource: "/{proxy+}",
  path: "/items/a b",
  httpMethod: "PUT",
  headers: { Host: "abc.execute-api.us-east-1.amazonaws.com", Cookie: "a=1; b=2", "X-Many": "two" },
  multiValueHeaders: {
    Host: ["abc.execute-api.us-east-1.amazonaws.com"],
    Cookie: ["a=1; b=2"],
    "X-Many": ["one", "two"],
    "Content-Type": ["application/json"],
  },
  queryStringParameters: { x: "2", "a&b": "é" },
  multiValueQueryStringParameters: { x: ["1", "2"], "a&b": ["é"] },
  pathParameters: { proxy: "items/a b" },
  stageVariables: null,
  requestContext: { httpMethod: "PUT", path: "/prod/items/a b", stage: "prod", requestId: "r", apiId: "abc" },
  body: '{"n":1}',
  isBase64Encoded: false,
};

const SHOWS = `export default { async fetch(request, env, { lambdaContext }) {
  const url = new URL(request.url);
  const headers = new Headers({ "content-type": "application/json" });
  headers.append("set-cookie", "x=1");
  headers.append("set-cookie", "y=2");
  return new Response(JSON.stringify({
    method: request.method, host: url.host, path: url.pathname, query: [...url.searchParams],
    many: request.headers.get("x-many"), cookie: request.headers.get("cookie"),
    body: await request.text(), name: lambdaContext.functionName,
  }), { status: 202, headers });
} };`;

it("it serves the events of REST APIs, payload format 1.0", async () => {
  const bench = makeBench();
  await bench.deploy(SHOWS);
  const { payload } = await bench.succeed(REST);
  expect(payload).toMatchObject({
    statusCode: 202,
    headers: { "content-type": "application/json" },
    // The form that REST APIs take several cookies in; of `cookies` they know nothing.
    multiValueHeaders: { "set-cookie": ["x=1", "y=2"] },
    isBase64Encoded: false,
  });
  expect(payload).not.toHaveProperty("cookies");
  expect(JSON.parse((payload as { body: string }).body)).toEqual({
    method: "PUT",
    host: "abc.execute-api.us-east-1.amazonaws.com",
    path: "/items/a%20b",
    query: [
      ["x", "1"],
      ["x", "2"],
      ["a&b", "é"],
    ],
    many: "one, two",
    cookie: "a=1; b=2",
    body: '{"n":1}',
    name: "fn",
  });
});

it("a REST API's event may have neither query, headers nor body, and a body in base64", async () => {
  const bench = makeBench();
  await bench.deploy(SHOWS);
  const bare = {
    ...REST,
    httpMethod: "GET",
    headers: null,
    multiValueHeaders: null,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    body: null,
  };
  const shown = async (event: object): Promise<unknown> =>
    JSON.parse(((await bench.succeed(event)).payload as { body: string }).body);
  expect(await shown(bare)).toMatchObject({ method: "GET", host: "localhost", query: [], body: "" });
  const body = Buffer.from("é").toString("base64");
  expect(await shown({ ...REST, body, isBase64Encoded: true })).toMatchObject({ body: "é" });
});

it("a load balancer's event has its query encoded already, and single values", async () => {
  const bench = makeBench();
  await bench.deploy(SHOWS);
  const event = {
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/t/1" } },
    httpMethod: "GET",
    path: "/items",
    queryStringParameters: { x: "a%20b" },
    headers: { host: "lb.example.com", "x-many": "one" },
    body: "",
    isBase64Encoded: false,
  };
  const { payload } = await bench.succeed(event);
  expect(JSON.parse((payload as { body: string }).body)).toMatchObject({
    host: "lb.example.com",
    query: [["x", "a b"]],
    many: "one",
  });
});
