import { httpApi, restApi } from "./events.ts";
import { climb, type Rung } from "./ladder.ts";

const ASKED = [
  { path: "/api/hello/Ada", query: "q=%C3%A9&q=2" },
  { method: "POST", path: "/api/items", body: { name: "tea", count: 2 } },
  { method: "POST", path: "/api/items", body: { count: 2 } },
  { path: "/image" },
  { path: "/away" },
  { path: "/fail" },
  { path: "/admin/me" },
  { path: "/admin/me", headers: { authorization: "Bearer secret" } },
  { method: "DELETE", path: "/no/such/thing" },
];

const HTTP_API = { requests: ASKED.map(httpApi) };
const REST_API = { requests: ASKED.map(restApi) };

const GRAPHQL = {
  requests: [
    { query: `{ books(author: "Ada") { title author } }` },
    {
      query: `mutation ($title: String!) { add(title: $title) { title author } }`,
      variables: { title: "Emma" },
    },
    { query: `{ fails hello(name: "Ada") }` },
    { query: `mutation { shout(text: "hi") }` },
    { query: `{ nothing }` },
  ].map((body) =>
    httpApi({ method: "POST", path: "/graphql", body, headers: { accept: "application/json" } }),
  ),
};

/** Answers without the header that differs between two runs. */
function withoutDates(answers: unknown): unknown {
  return (answers as { headers: Record<string, unknown> }[]).map(({ headers, ...answer }) => {
    const { date, ...rest } = headers;
    return { ...answer, headers: rest, isDated: typeof date === "string" };
  });
}

const RUNGS: readonly Rung[] = [
  {
    name: "middy-api",
    packages: [
      "@middy/core",
      "@middy/http-cors",
      "@middy/http-error-handler",
      "@middy/http-event-normalizer",
      "@middy/http-header-normalizer",
      "@middy/http-json-body-parser",
      "@middy/http-security-headers",
      "@middy/validator",
    ],
    event: [{ name: "Ada", creditCard: "4111111111111111" }, { name: "Ada" }, "{ not JSON"],
  },
  {
    name: "middy-router",
    packages: [
      "@middy/http-router",
      "@middy/input-output-logger",
      "@middy/error-logger",
      "@middy/http-response-serializer",
    ],
    corpus: "powertools/apigw-http/no-auth.json",
    logs: (lines) => lines,
  },
  { name: "hono", packages: ["hono"], event: HTTP_API },
  {
    name: "fastify",
    normalise: withoutDates,
    packages: ["fastify", "@fastify/aws-lambda"],
    event: HTTP_API,
  },
  {
    name: "express4-codegenie",
    packages: ["express 4", "@codegenie/serverless-express"],
    event: HTTP_API,
  },
  { name: "express5-codegenie", packages: ["express 5", "@codegenie/serverless-express"], event: REST_API },
  {
    name: "express4-vendia",
    packages: ["express 4", "@vendia/serverless-express"],
    event: REST_API,
  },
  { name: "express5-vendia", packages: ["express 5", "@vendia/serverless-express"], event: HTTP_API },
  { name: "express5-serverless-http", packages: ["express 5", "serverless-http"], event: HTTP_API },
  { name: "koa", packages: ["koa", "@koa/router", "serverless-http"], event: REST_API },
  { name: "lambda-api.cjs", packages: ["lambda-api"], event: HTTP_API },
  { name: "apollo", packages: ["@apollo/server", "@as-integrations/aws-lambda", "graphql"], event: GRAPHQL },
  { name: "graphql-yoga", packages: ["graphql-yoga"], event: GRAPHQL },
];

climb("frameworks", RUNGS);
