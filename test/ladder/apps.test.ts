import { httpApi, restApi } from "./events.ts";
import { climb, type Rung } from "./ladder.ts";
import { openServices } from "./servers/services.ts";

const BOUNDARY = "----ladder";
const FORM = [
  ["name", undefined, "Ada"],
  ["photo", "a ü.png", "\u0089PNG and more than ten bytes"],
  ["note", "b.txt", "short"],
]
  .map(
    ([name, file, text]) =>
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file === undefined ? "" : `; filename="${file}"\r\nContent-Type: text/plain`}\r\n\r\n${text}\r\n`,
  )
  .join("");

const ROUTES = ["/me", "/long", "/teapot", "/nothing"];

/** Answers without the header that differs between two runs. */
function withoutDates(answers: unknown): unknown {
  return (answers as { headers?: Record<string, unknown> }[]).map(({ headers, ...answer }) => {
    const { date, ...rest } = headers ?? {};
    return { ...answer, headers: rest, isDated: typeof date === "string" };
  });
}

const RUNGS: readonly Rung[] = [
  {
    name: "trpc",
    packages: ["@trpc/server"],
    event: {
      requests: [
        { path: "/greet", query: `input=${encodeURIComponent('{"name":"Ada"}')}` },
        { method: "POST", path: "/orders.add", body: { total: 5 }, headers: { "x-user": "ada" } },
        { method: "POST", path: "/orders.add", body: { total: 5 } },
        { method: "POST", path: "/orders.add", body: { total: -5 }, headers: { "x-user": "ada" } },
        { path: "/nothing" },
      ].map(httpApi),
    },
  },
  {
    name: "nestjs.cjs",
    packages: ["@nestjs/core", "@nestjs/common", "@nestjs/platform-express", "reflect-metadata"],
    event: {
      requests: [
        { path: "/items/1", query: "verbose=yes" },
        { path: "/items/9" },
        { path: "/items/x" },
        { method: "POST", path: "/items", body: { name: "milk" } },
      ].map(restApi),
    },
    normalise: withoutDates,
  },
  {
    name: "ask-sdk",
    packages: ["ask-sdk-core"],
    corpus: "sam/alexa-skills-kit/AlexaIntentRecipe.json",
    // It says which Node it runs on.
    normalise: (payload) =>
      (payload as { userAgent: string }[]).map((answer) => ({
        ...answer,
        userAgent: answer.userAgent.replace(/v\d.*? /, ""),
      })),
    logs: (lines) => lines,
  },
  { name: "slack-bolt", packages: ["@slack/bolt"], event: { text: "tea" } },
  {
    name: "itty-router",
    packages: ["itty-router"],
    event: {
      requests: [
        ["GET", "/items/7"],
        ["POST", "/items", { name: "tea" }],
        ["POST", "/items", {}],
        ["OPTIONS", "/items"],
        ["GET", "/nothing"],
      ],
    },
  },
  {
    name: "middlewares",
    packages: ["helmet", "cors", "cookie-parser", "compression", "http-errors"],
    event: {
      requests: ROUTES.map((path) =>
        restApi({
          path,
          headers: { origin: "https://a.example.com", "accept-encoding": "gzip", cookie: "a=1" },
        }),
      ),
    },
    normalise: withoutDates,
  },
  {
    name: "passport",
    packages: ["passport", "passport-jwt"],
    event: { subjects: ["ada", "bob", "eve"], request: restApi({ path: "/me" }) },
    normalise: withoutDates,
  },
  {
    name: "uploads",
    packages: ["busboy", "lambda-multipart-parser"],
    event: {
      headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` },
      body: Buffer.from(`${FORM}--${BOUNDARY}--\r\n`).toString("base64"),
      isBase64Encoded: true,
    },
  },
  {
    name: "graphql-tools",
    packages: ["@graphql-tools/schema"],
    event: {
      queries: [
        `{ order(id: 7) { id total placed } inStock(size: LARGE) }`,
        `{ nothing }`,
        `{ inStock(size: HUGE) }`,
      ],
    },
  },
  { name: "sendgrid", packages: ["@sendgrid/mail"], event: { to: "ada@example.com" } },
  { name: "jwks", packages: ["jwks-rsa", "aws-jwt-verify"], event: { subject: "ada" } },
];

climb("apps", RUNGS, openServices);
