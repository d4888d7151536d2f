import { climb } from "./ladder.ts";

/** What compiles templates, schemas or wrappers makes functions of texts. */
const EVAL = { eval: true };

climb("data", [
  { name: "date-fns", packages: ["date-fns"], event: { from: "2026-02-27", to: "2026-03-09T15:30:00" } },
  { name: "luxon", packages: ["luxon"], event: { at: "2026-07-14T22:30:00Z", zone: "Europe/Paris" } },
  { name: "dayjs", packages: ["dayjs"], event: { at: "2026-07-14T22:30:00Z" } },
  { name: "moment.cjs", packages: ["moment"], event: { at: "2026-07-14T22:30:00Z" } },
  {
    name: "lodash",
    permissions: EVAL,
    packages: ["lodash"],
    event: {
      orders: [
        { customer: "ada", total: 12, tags: ["new", "eu"] },
        { customer: "bob", total: 30, tags: ["eu"] },
        { customer: "ada", total: 8, tags: [] },
      ],
    },
  },
  {
    name: "ramda",
    packages: ["ramda"],
    event: {
      invoices: [
        { paid: true, amount: 3 },
        { paid: false, amount: 4 },
        { paid: true, amount: 5 },
      ],
    },
  },
  {
    name: "decimals",
    packages: ["decimal.js", "big.js"],
    event: { price: "0.1", quantity: 3, rate: "0.19" },
  },
  { name: "immer", packages: ["immer"], event: { cart: { items: [{ sku: "A", count: 1 }] } } },
  { name: "rxjs", packages: ["rxjs"], event: { ids: [1, 2, 3, 4, 5] } },
  {
    name: "promises",
    packages: ["p-limit", "p-retry", "async", "bluebird"],
    event: { urls: ["a", "bb", "ccc", "dddd", "eeeee"] },
  },
  {
    name: "semver.cjs",
    packages: ["semver", "debug"],
    event: { versions: ["1.10.0", "1.2.0", "2.0.0-rc.1", "1.9.3"], range: "^1.2" },
  },
  { name: "uuid", packages: ["uuid"], event: { name: "example.com" } },
  { name: "nanoid", packages: ["nanoid", "ulid"] },
  {
    name: "jsonwebtoken.cjs",
    packages: ["jsonwebtoken"],
    event: { methodArn: "arn:aws:execute-api:us-east-1:123456789012:abc/dev/GET/" },
  },
  { name: "jose", packages: ["jose"] },
  { name: "bcryptjs", packages: ["bcryptjs"], event: { password: "correct horse" } },
  { name: "crypto-js.cjs", packages: ["crypto-js"], event: { text: "attack at dawn" } },
]);
