import { climb } from "./ladder.ts";

const WHEN = "2026-03-12T08:50:00Z";

climb("logic", [
  {
    name: "configuration",
    packages: ["envalid", "convict", "@sinclair/typebox"],
    environment: { STAGE: "prod", SHOP: "https://shop.example.com", DB_HOST: "db.example.com" },
    event: {
      lines: [{ sku: "AB" }, { sku: "A", count: 1.5 }],
    },
  },
  {
    name: "expressions",
    packages: [
      "jsonata",
      "jmespath",
      "libphonenumber-js",
      "moment-timezone",
      "cron-parser",
      "rrule",
      "change-case",
      "lru-cache",
      "node-cache",
      "p-queue",
      "bottleneck",
      "ts-pattern",
      "fast-deep-equal",
    ],
    event: {
      at: WHEN,
      phones: ["030 123456", "+1 213 373 4253", "x"],
      orders: [
        { id: 1, customer: "ada", total: 12 },
        { id: 2, customer: "bob", total: 3 },
        { id: 3, customer: "eve", total: 8 },
      ],
    },
  },
  { name: "kysely", packages: ["kysely"], event: { customer: "ada'; --" } },
  { name: "knex.cjs", packages: ["knex"], event: { customer: "ada'; --" } },
  {
    name: "curves",
    packages: ["@noble/curves", "@noble/hashes", "elliptic", "node-forge", "tweetnacl"],
    event: { message: "grüße" },
  },
  {
    name: "tokens",
    packages: ["@paralleldrive/cuid2", "object-hash", "short-uuid", "web-push"],
    event: { id: "6ba7b810-9dad-11d1-80b4-00c04fd430c8", order: { b: [2, 1], a: new Date(0).toISOString() } },
  },
  {
    name: "lambda-log.cjs",
    packages: ["lambda-log"],
    event: { order: "7" },
    logs: (lines) =>
      lines.map((line) => {
        const { stack, ...rest } = JSON.parse(line) as { stack?: string };
        return { ...rest, stack: stack?.split("\n")[0] };
      }),
  },
  {
    name: "otel",
    packages: ["@opentelemetry/api", "@opentelemetry/sdk-trace-node", "@opentelemetry/context-async-hooks"],
    event: { orders: ["good", "bad"] },
  },
  {
    name: "bcrypt",
    packages: ["bcrypt"],
    event: { password: "x" },
    refused: { why: "its code is compiled for the machine", error: /native|\.node/ },
  },
  {
    name: "argon2",
    packages: ["argon2"],
    event: { password: "x" },
    refused: { why: "its code is compiled for the machine", error: /native|\.node/ },
  },
]);
