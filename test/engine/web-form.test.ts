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
