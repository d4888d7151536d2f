import { climb } from "./ladder.ts";

climb("validation", [
  {
    name: "zod",
    packages: ["zod"],
    event: {
      body: JSON.stringify({
        customer: "ada@example.com",
        lines: [{ sku: "AB-12", quantity: "2" }],
        placedAt: "2026-05-01T10:00:00Z",
      }),
    },
  },
  {
    name: "ajv",
    packages: ["ajv", "ajv-formats"],
    event: {
      users: [
        {
          id: "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
          email: "ada@example.com",
          createdAt: "2026-01-01T00:00:00Z",
        },
        { id: "7", email: "ada", extra: true },
      ],
    },
  },
  {
    name: "joi",
    packages: ["joi"],
    event: {
      bodies: [
        { username: "ada", birthYear: 1990, email: "ada@example.com", website: "https://example.com" },
        { username: "a!", email: "nobody@example.zzz", website: "here" },
      ],
    },
  },
  {
    name: "yup",
    packages: ["yup"],
    event: {
      good: { name: "Ada", age: "36", email: "ada@example.com", website: null },
      bad: { age: -1.5, email: "x", website: "y" },
    },
  },
  {
    name: "superstruct",
    packages: ["superstruct"],
    event: { article: { id: "42", title: "On engines", tags: ["a", "b"] } },
  },
  {
    name: "valibot",
    packages: ["valibot"],
    event: {
      attempts: [
        { email: "ada@example.com", password: "12345678", again: "12345678" },
        { email: "ada@example.com", password: "12345678", again: "1234" },
        { email: "ada", password: "1" },
      ],
    },
  },
  {
    name: "validator.cjs",
    packages: ["validator"],
    event: {
      contact: {
        email: "Ada.Lovelace+x@googlemail.com",
        site: "https://example.com/a?b=c",
        iban: "DE89370400440532013000",
        phone: "+4915123456789",
      },
    },
  },
]);
