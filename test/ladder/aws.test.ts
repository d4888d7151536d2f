import { climb } from "./ladder.ts";
import { openAws } from "./servers/aws.ts";

climb(
  "aws",
  [
    {
      name: "aws-dynamodb",
      packages: ["@aws-sdk/client-dynamodb"],
      event: {
        orders: [
          { customer: "ada", id: 1, total: "10" },
          { customer: "ada", id: 2, total: "0.5" },
          { customer: "bob", id: 1, total: "3" },
        ],
      },
    },
    {
      name: "aws-lib-dynamodb",
      packages: ["@aws-sdk/lib-dynamodb"],
      event: {
        users: [
          { id: "u1", name: "Ada", tags: ["x"] },
          { id: "u2", name: "Bob" },
        ],
      },
    },
    {
      name: "aws-s3",
      packages: ["@aws-sdk/client-s3", "@aws-sdk/lib-storage", "@aws-sdk/s3-request-presigner"],
      corpus: "powertools/s3/base.json",
    },
    { name: "electrodb", packages: ["electrodb"], event: { team: "blue", tasks: ["paint", "sand", "wash"] } },
    { name: "aws-sqs", packages: ["@aws-sdk/client-sqs"], event: { bodies: ["one", "two <&>", "drei ü"] } },
    { name: "aws-sns", packages: ["@aws-sdk/client-sns"], event: { message: "Hello ü" } },
    { name: "aws-lambda-client", packages: ["@aws-sdk/client-lambda"], event: { name: "Ada" } },
    {
      name: "aws-ssm",
      packages: ["@aws-sdk/client-ssm"],
      event: { path: "/app/test", values: { a: "1", b: "two", c: "drei" } },
    },
    {
      name: "aws-secrets-manager",
      packages: ["@aws-sdk/client-secrets-manager"],
      event: { id: "app/database" },
    },
    { name: "aws-eventbridge", packages: ["@aws-sdk/client-eventbridge"], event: { orders: ["a", "b"] } },
    {
      name: "powertools-idempotency",
      packages: ["@aws-lambda-powertools/idempotency"],
      event: {
        payments: [
          { paymentId: "p1", amount: 5 },
          { paymentId: "p1", amount: 5 },
          { paymentId: "p2", amount: 7 },
          { paymentId: "p1", amount: 6 },
        ],
      },
    },
    {
      name: "powertools-parameters",
      packages: ["@aws-lambda-powertools/parameters"],
      event: { path: "/shop", secret: "shop/key" },
    },
  ],
  openAws,
);
