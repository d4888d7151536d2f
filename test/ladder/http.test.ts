import { climb } from "./ladder.ts";
import { openWeb } from "./servers/web.ts";

const NAME = { name: "Ada" };

climb(
  "http",
  [
    { name: "global-fetch", packages: ["fetch"], event: NAME },
    { name: "node-http.cjs", packages: ["node:http"], event: NAME },
    { name: "axios", packages: ["axios", "form-data"], event: NAME },
    { name: "got", packages: ["got"], event: NAME },
    { name: "node-fetch", packages: ["node-fetch"], event: NAME },
    { name: "undici", packages: ["undici"], event: NAME },
    { name: "stripe", packages: ["stripe"], event: { amount: 1_500 } },
    { name: "openai", packages: ["openai"], event: { question: "why is it so?" } },
    { name: "sentry", packages: ["@sentry/aws-serverless"], event: { orders: ["good", "bad"] } },
  ],
  openWeb,
);
